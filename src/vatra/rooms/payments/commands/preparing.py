"""Ordering a cycle, looking again, stopping the worker and letting it go on."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.kernel.actor import Actor
from vatra.kernel.ids import stable_id
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger.models import Fund
from vatra.rooms.programmes.models import Programme

from ..models import Cycle, CycleKind, Instruction
from ..queue import work_on
from ..states import CycleState
from .common import ID, id_of, locked_cycle, move_cycle, today, touched


@transaction.atomic
def prepare_cycle(
    *, programme: Programme | str, period: date, office: Body | ID | None = None, actor: Actor, at: datetime
) -> Cycle:
    """Order a cycle: everything that is due under a programme for a month is planned, or left out for a named reason.

    The worker writes it. What another cycle pays already is not taken again: a second cycle of the same month pays
    those who were left out. Refuses a month to come, a programme that another body pays, a fund that nobody opened,
    and a cycle beside one that is still in preparation.
    """
    found = programme if isinstance(programme, Programme) else Programme.objects.get(code=programme)
    fund = fund_of(found)
    start = period.replace(day=1)
    if start > today(at):
        raise Refused(
            "month_to_come", gettext_noop("A month can be paid when it has begun; %(month)s has not."),
            gettext_noop("Choose this month or an earlier one."), month=f"{start:%Y-%m}",
        )  # fmt: skip
    where = Fund.objects.visible_to(actor, "payments.prepare").values_list("office_id", flat=True)
    here = id_of(office) if office is not None else fund.office_id
    if here not in set(where):
        raise Fund.DoesNotExist
    cycle = new_cycle(found, fund, start, CycleKind.REGULAR, here, year=today(at).year, actor=actor, at=at)
    record("payments.ordered", cycle, actor=actor, at=at, programme=found.code, period=start.isoformat())
    start_work(cycle)
    return cycle


def fund_of(programme: Programme) -> Fund:
    paid = programme.paid_from
    if paid is None:
        raise Refused(
            "paid_elsewhere", gettext_noop("“%(programme)s” is not paid by this authority."),
            gettext_noop("Send the monthly list to the body that pays it."), programme=programme.code,
        )  # fmt: skip
    fund = Fund.objects.select_related("office").filter(code=paid["fund"]).first()
    if fund is None:
        raise Refused(
            "no_fund", gettext_noop("There is no fund “%(fund)s”, from which “%(programme)s” is paid."),
            gettext_noop("Ask who administers the installation to open it."), fund=paid["fund"],
            programme=programme.code,
        )  # fmt: skip
    return fund


def new_cycle(
    programme: Programme, fund: Fund, period: date, kind: CycleKind, office: UUID, *, year: int, actor: Actor,
    at: datetime, state: CycleState = CycleState.PREPARING,
) -> Cycle:  # fmt: skip
    """The next cycle of this month. Whoever orders one at the same moment waits here, and is refused."""
    Fund.objects.select_for_update(of=("self",), no_key=True).get(pk=fund.pk)
    same = Cycle.objects.filter(programme=programme, period=period, office=office, kind=kind)
    in_preparation = [CycleState.PREPARING, CycleState.PREPARED, CycleState.CHECKED]
    if same.filter(state__in=in_preparation).exists():
        raise Refused(
            "in_preparation", gettext_noop("A payment cycle of this programme and month is in preparation already."),
            gettext_noop("Open that cycle, and look again at what is due."),
        )  # fmt: skip
    ordinal = (same.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    parts = [str(office), programme.code, f"{period:%Y-%m}", kind.value, str(ordinal)]
    return Cycle.objects.create(
        id=stable_id("payments.cycle", *parts), programme=programme, fund=fund, office_id=office, period=period,
        kind=kind, ordinal=ordinal, budget_year=year, state=state, known_at=at, prepared_by=actor.as_json(),
    )  # fmt: skip


@transaction.atomic
def refresh_cycle(*, cycle: Cycle | ID, actor: Actor, at: datetime) -> Cycle:
    """Look again at what is due: what was mended is planned, what changed is changed. What an officer left out stays
    left out. Refuses once the cycle is approved, and for new attempts of what came back."""
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    if found.kind == CycleKind.RESEND:
        raise Refused(
            "only_new_attempts", gettext_noop("This cycle holds new attempts of what came back, and nothing else."),
            gettext_noop("Cancel the payment that is not right, and correct it again."),
        )  # fmt: skip
    move_cycle(found, CycleState.PREPARING)
    found.known_at, found.done, found.checked_by, found.checked_at = at, 0, None, None
    touched(found, actor)
    found.save()
    Instruction.objects.filter(cycle=found, overtaken_at__isnull=False).update(overtaken_at=None)
    record("payments.refreshed", found, actor=actor, at=at)
    start_work(found)
    return found


def start_work(cycle: Cycle) -> None:
    """Put the cycle before the worker, in the transaction that orders it."""
    work_on.enqueue(str(cycle.pk))


@transaction.atomic
def pause_cycle(*, cycle: Cycle | ID, actor: Actor, at: datetime) -> Cycle:
    """Stop the worker between two steps. Refuses when it has nothing to do on this cycle."""
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    if found.state not in (CycleState.PREPARING, CycleState.EXPORTING) or found.paused_at is not None:
        raise Refused("not_working", gettext_noop("There is no work under way on this cycle that could be stopped."))
    found.paused_at = at
    found.save(update_fields=["paused_at"])
    record("payments.paused", found, actor=actor, at=at)
    return found


@transaction.atomic
def resume_cycle(*, cycle: Cycle | ID, actor: Actor, at: datetime) -> Cycle:
    """Let the worker go on where it stood. Refuses when nobody stopped it."""
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    if found.paused_at is None:
        raise Refused("not_paused", gettext_noop("The work on this cycle has not been stopped."))
    found.paused_at = None
    found.save(update_fields=["paused_at"])
    record("payments.resumed", found, actor=actor, at=at)
    start_work(found)
    return found
