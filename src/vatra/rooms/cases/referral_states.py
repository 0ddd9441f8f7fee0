"""The life of a referral, and by which step of whom it waits."""

from django.db import models


class ReferralState(models.TextChoices):
    SENT = "sent"
    SEEN = "seen"  # somebody opened it where it was sent
    WAITING = "waiting"  # on a waiting list
    ACCEPTED = "accepted"
    DECLINED = "declined"  # with the reason; the worker sends it elsewhere or closes it
    STARTED = "started"  # the person comes, or is visited
    DELIVERED = "delivered"  # what was asked for has been given
    OUTCOME = "outcome"  # and what came of it is known
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # by the sender, or with the consent


REFERRAL_MOVES = {
    ReferralState.SENT: {ReferralState.SEEN, ReferralState.WITHDRAWN},
    ReferralState.SEEN: {
        ReferralState.ACCEPTED,
        ReferralState.DECLINED,
        ReferralState.WAITING,
        ReferralState.WITHDRAWN,
    },
    ReferralState.WAITING: {ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WITHDRAWN},
    ReferralState.ACCEPTED: {ReferralState.STARTED, ReferralState.DECLINED, ReferralState.WITHDRAWN},
    ReferralState.STARTED: {ReferralState.DELIVERED, ReferralState.OUTCOME, ReferralState.WITHDRAWN},
    ReferralState.DELIVERED: {ReferralState.OUTCOME, ReferralState.WITHDRAWN},
    ReferralState.DECLINED: {ReferralState.CLOSED},
    ReferralState.OUTCOME: {ReferralState.CLOSED},
    ReferralState.CLOSED: set(),
    ReferralState.WITHDRAWN: set(),
}

ENDED = [ReferralState.CLOSED, ReferralState.WITHDRAWN]
# What the recipient may still be asked for; afterwards it is the worker's turn.
WITH_RECIPIENT = [
    ReferralState.SENT,
    ReferralState.SEEN,
    ReferralState.WAITING,
    ReferralState.ACCEPTED,
    ReferralState.STARTED,
    ReferralState.DELIVERED,
]

# state → the term that runs while the referral is in it, as the pack names it
TERM_OF = {
    ReferralState.SENT: "see",
    ReferralState.SEEN: "answer",
    ReferralState.WAITING: "place",
    ReferralState.ACCEPTED: "start",
    ReferralState.STARTED: "deliver",
    ReferralState.DELIVERED: "report",
    ReferralState.DECLINED: "follow",
    ReferralState.OUTCOME: "close",
}
