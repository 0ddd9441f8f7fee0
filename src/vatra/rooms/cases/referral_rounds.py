"""What the house does by itself about referrals: it takes back what rests on a consent that was withdrawn."""

from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import follow
from vatra.kernel.actor import system

from .commands.referrals import withdraw_with_consent

READER = "cases.consents"
BATCH, ROUNDS = 20, 50


def follow_consents(*, at: datetime) -> int:
    """Withdraw the referrals of consents that were withdrawn. Their payloads are closed to the recipient already.

    Returns how many. The cursor moves with what is withdrawn, so nothing is missed or done twice.
    """
    taken = 0
    for _ in range(ROUNDS):
        told, events = _once(at)
        taken += told
        if events < BATCH:
            break
    return taken


@transaction.atomic
def _once(at: datetime) -> tuple[int, int]:
    events = follow(READER, ["people.consent_withdrawn"], limit=BATCH)
    done = sum(withdraw_with_consent(event.ref_id, actor=system(READER), at=at) for event in events if event.ref_id)
    return done, len(events)
