"""What follows from a signed decision: a right to an amount, that can stand still, go on again, and end."""

from datetime import date, datetime, timedelta

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.worklist.commands import done
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..assessment import Bodies
from ..models import ChangeKind, Decision, Entitlement, EntitlementChange
from ..states import ENTITLEMENT_MOVES, EntitlementState
from .common import ID, canonical, id_of, today

ONCE = "once"


def entitle(decision: Decision, *, actor: Actor, at: datetime) -> Entitlement | None:
    """The signed decision gives its beneficiary a right, in the transaction that signs it.

    Where one of the same programme goes on, the new one replaces it: the earlier ends the day before. A decision that
    refuses, or that grants no money, gives none.
    """
    determined = decision.determination
    if not decision.grants or determined.amount is None:
        return None
    application = decision.application
    starts_on = determined.starts_on or today(at)
    before = _replaced(decision) if determined.period != ONCE else None
    pays = (application.programme.duties.get("pays") or {}).get("body", "")
    made = Entitlement.objects.create(
        id=uuid7(at), decision=decision, determination=determined, programme=application.programme,
        household=decision.household, beneficiary_id=determined.beneficiary_id, payee_id=application.payee_id,
        office_id=application.office_id, payer=Bodies.read().by_code.get(pays), amount=determined.amount,
        currency=determined.currency, period=determined.period, starts_on=starts_on, ends_on=determined.ends_on,
        granted_at=at, replaces=before,
    )  # fmt: skip
    if before is not None:
        _stop(before, on=starts_on - timedelta(days=1), at=at, reason="replaced")
        record("benefits.entitlement_replaced", before, actor=actor, at=at, about=[before.beneficiary_id])
    _changed(made, ChangeKind.CHANGED if before else ChangeKind.GRANTED, on=starts_on, actor=actor, at=at)
    record(
        "benefits.entitled", made, actor=actor, at=at, about=[made.beneficiary_id], programme=made.programme.code,
        amount=made.amount, currency=made.currency, starts_on=starts_on.isoformat(),
    )  # fmt: skip
    return made


def _replaced(decision: Decision) -> Entitlement | None:
    """The right of the same person under the same programme that the new one takes the place of: by the record that
    stands for them today, and nothing that is given once."""
    rows = Entitlement.objects.select_for_update(of=("self",)).filter(
        programme=decision.application.programme,
        beneficiary__canonical_id=canonical(decision.determination.beneficiary_id),
    )
    return rows.exclude(state=EntitlementState.ENDED).exclude(period=ONCE).order_by("-granted_at").first()


@transaction.atomic
def suspend_entitlement(
    *, entitlement: Entitlement | ID, on: date, reason: str, actor: Actor, at: datetime
) -> Entitlement:
    """Nothing is due from that day on, the month in which it lies included, until it goes on. Refuses without a
    reason."""
    found = _locked(entitlement, actor)
    check_move(ENTITLEMENT_MOVES, source=EntitlementState(found.state), target=EntitlementState.SUSPENDED)
    _check_reason(reason)
    found.state, found.suspended_from, found.reason = EntitlementState.SUSPENDED, on, reason.strip()
    found.save()
    return _said(found, ChangeKind.SUSPENDED, on=on, reason=reason, actor=actor, at=at)


@transaction.atomic
def resume_entitlement(
    *, entitlement: Entitlement | ID, on: date, reason: str = "", actor: Actor, at: datetime
) -> Entitlement:
    """It is due again from the month in which that day lies. Months that ended while it stood still are not made up:
    that needs a decision."""
    found = _locked(entitlement, actor)
    check_move(ENTITLEMENT_MOVES, source=EntitlementState(found.state), target=EntitlementState.ACTIVE)
    found.state, found.suspended_from, found.reason = EntitlementState.ACTIVE, None, ""
    found.save()
    return _said(found, ChangeKind.RESUMED, on=on, reason=reason, actor=actor, at=at)


@transaction.atomic
def end_entitlement(*, entitlement: Entitlement | ID, on: date, reason: str, actor: Actor, at: datetime) -> Entitlement:
    """Its last day is `on`; what is due up to then stays due, but for the months in which it was suspended. A new
    decision is needed to begin again. Refuses without a reason.
    """
    found = _locked(entitlement, actor)
    check_move(ENTITLEMENT_MOVES, source=EntitlementState(found.state), target=EntitlementState.ENDED)
    _check_reason(reason)
    _stop(found, on=on, at=at, reason=reason.strip())
    return _said(found, ChangeKind.ENDED, on=on, reason=reason, actor=actor, at=at)


def _locked(entitlement: Entitlement | ID, actor: Actor) -> Entitlement:
    rows = Entitlement.objects.visible_to(actor, "benefits.draft").select_for_update(of=("self",))
    return rows.select_related("programme").get(pk=id_of(entitlement))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            "reason_needed", gettext_noop("Say why nothing is due any more."),
            gettext_noop("Write the reason in a few words; the person may ask for it."),
        )  # fmt: skip


def _stop(found: Entitlement, *, on: date, at: datetime, reason: str) -> None:
    found.state, found.ended_at, found.reason = EntitlementState.ENDED, at, reason
    found.ends_on = min(on, found.ends_on) if found.ends_on else on
    found.suspended_from = None
    found.save()
    done(key=f"benefits.review:{found.pk}", at=at)


def _said(
    found: Entitlement, kind: ChangeKind, *, on: date, reason: str, actor: Actor, at: datetime
) -> Entitlement:  # fmt: skip
    _changed(found, kind, on=on, reason=reason, actor=actor, at=at)
    record(
        f"benefits.entitlement_{kind.value}", found, actor=actor, at=at, about=[found.beneficiary_id],
        on=on.isoformat(), reason=reason.strip(),
    )  # fmt: skip
    return found


def _changed(
    found: Entitlement, kind: ChangeKind, *, on: date, actor: Actor, at: datetime, reason: str = ""
) -> EntitlementChange:
    return EntitlementChange.objects.create(
        id=uuid7(at), entitlement=found, kind=kind, on=on, reason=reason.strip(), at=at, actor=actor.as_json()
    )
