"""The life of an application, of a decision on it, of what follows from it, and of a row on the monthly list."""

from django.db import models


class ApplicationState(models.TextChoices):
    REGISTERED = "registered"  # has its docket number; papers may be missing
    COMPLETE = "complete"  # every paper seen
    DECIDED = "decided"  # by this authority
    FORWARDED = "forwarded"  # to whoever decides it, with the list's number
    WITHDRAWN = "withdrawn"


APPLICATION_MOVES = {
    ApplicationState.REGISTERED: {ApplicationState.COMPLETE, ApplicationState.WITHDRAWN},
    ApplicationState.COMPLETE: {
        ApplicationState.REGISTERED,  # a paper turned out not to be valid
        ApplicationState.DECIDED,
        ApplicationState.FORWARDED,
        ApplicationState.WITHDRAWN,
    },
    ApplicationState.DECIDED: set(),
    ApplicationState.FORWARDED: set(),
    ApplicationState.WITHDRAWN: set(),
}


class DecisionState(models.TextChoices):
    DRAFT = "draft"
    REPORTED = "reported"  # the head of service proposes it
    COUNTERSIGNED = "countersigned"
    SIGNED = "signed"  # and numbered: only now is it a decision
    RETURNED = "returned"  # sent back with a reason; a new draft follows


DECISION_MOVES = {
    DecisionState.DRAFT: {DecisionState.REPORTED, DecisionState.RETURNED},
    DecisionState.REPORTED: {DecisionState.COUNTERSIGNED, DecisionState.RETURNED},
    DecisionState.COUNTERSIGNED: {DecisionState.SIGNED, DecisionState.RETURNED},
    DecisionState.SIGNED: set(),
    DecisionState.RETURNED: set(),
}


class EntitlementState(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"  # nothing is due while it lasts
    ENDED = "ended"  # due up to its last day, and not beyond


ENTITLEMENT_MOVES = {
    EntitlementState.ACTIVE: {EntitlementState.SUSPENDED, EntitlementState.ENDED},
    EntitlementState.SUSPENDED: {EntitlementState.ACTIVE, EntitlementState.ENDED},
    EntitlementState.ENDED: set(),
}


class RowState(models.TextChoices):
    """A row of the monthly list, as the body that pays answered it."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # with its reason: back with the officer
    CORRECTED = "corrected"  # goes out again on the next list
    DROPPED = "dropped"  # rightly rejected: not sent again


ROW_MOVES = {
    RowState.SENT: {RowState.ACCEPTED, RowState.REJECTED},
    RowState.ACCEPTED: set(),
    RowState.REJECTED: {RowState.CORRECTED, RowState.DROPPED},
    RowState.CORRECTED: set(),
    RowState.DROPPED: set(),
}
