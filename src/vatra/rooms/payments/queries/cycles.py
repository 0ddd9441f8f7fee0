"""Cycles as pages show them."""

from collections import defaultdict
from uuid import UUID

from django.db.models import Count, Sum

from vatra.foundation.access.queries import may
from vatra.foundation.files.models import StoredFile
from vatra.kernel.actor import Actor
from vatra.kernel.refused import NoGrant
from vatra.rooms.ledger.models import Fund
from vatra.rooms.ledger.queries import balances
from vatra.rooms.programmes.models import Programme

from ..models import BankFile, Cycle, CycleKind, Instruction
from ..states import OPEN_CYCLE, CycleState, InstructionState
from .rows import CycleCard, CycleRow, FileRow, Progress, StateSum

UNPAID = (InstructionState.EXCLUDED, InstructionState.CANCELLED, InstructionState.REPLACED)
# what may be done in a state → the action that it needs
STEPS: dict[str, dict[str, str]] = {
    CycleState.PREPARING: {"pause": "payments.prepare", "resume": "payments.prepare", "cancel": "payments.prepare"},
    CycleState.PREPARED: {
        "refresh": "payments.prepare", "check": "payments.prepare", "cancel": "payments.prepare",
        "edit": "payments.prepare",
    },
    CycleState.CHECKED: {
        "refresh": "payments.prepare", "approve": "payments.approve", "cancel": "payments.prepare",
        "edit": "payments.prepare",
    },
    CycleState.APPROVED: {"export": "payments.prepare", "cancel": "payments.prepare"},
    CycleState.EXPORTING: {"pause": "payments.prepare", "resume": "payments.prepare"},
    CycleState.EXPORTED: {"settle": "payments.settle"},
    CycleState.SETTLED: {"settle": "payments.settle", "close": "payments.settle"},
    CycleState.CLOSED: {"settle": "payments.settle"},
    CycleState.CANCELLED: {},
}  # fmt: skip


def cycles(*, actor: Actor, open_only: bool = False, programme: str = "", limit: int = 100) -> list[CycleRow]:
    """Cycles that the actor may see, the latest first, with their sums. Three queries."""
    found = Cycle.objects.visible_to(actor, "payments.view").select_related("programme", "fund")
    if open_only:
        found = found.filter(state__in=OPEN_CYCLE)
    if programme:
        found = found.filter(programme__code=programme)
    listed = list(found.order_by("-known_at", "-period", "pk")[:limit])
    sums: dict[UUID, dict[str, StateSum]] = defaultdict(dict)
    said = Instruction.objects.filter(cycle__in=[each.pk for each in listed]).values_list("cycle_id", "state")
    for cycle, state, count, amount in said.annotate(n=Count("pk"), amount=Sum("amount")):
        sums[cycle][state] = StateSum(state, count, amount)
    return [_row(each, sums[each.pk]) for each in listed]


def _row(each: Cycle, sums: dict[str, StateSum]) -> CycleRow:
    pays = [found for state, found in sums.items() if state not in UNPAID]
    return CycleRow(
        id=each.pk, programme=each.programme.title, programme_code=each.programme.code, period=each.period,
        kind=each.kind, ordinal=each.ordinal, state=each.state, planned=sum(found.count for found in pays),
        amount=sum(found.amount for found in pays), currency=each.fund.currency,
        excluded=_count(sums, InstructionState.EXCLUDED), returned=_count(sums, InstructionState.RETURNED),
        prepared_at=each.prepared_at, approved_at=each.approved_at,
    )  # fmt: skip


def _count(sums: dict[str, StateSum], state: InstructionState) -> int:
    return sums[state].count if state in sums else 0


def cycle_card(cycle: UUID, *, actor: Actor, brief: bool = False) -> CycleCard:
    """A cycle with everything its page says above the list. Raises DoesNotExist where the actor may not.

    `brief`: without its files, and without counting what this reader may not see.
    """
    found = Cycle.objects.visible_to(actor, "payments.view").select_related("programme", "fund").get(pk=cycle)
    rows = Instruction.objects.filter(cycle=found)
    said = rows.values_list("state").annotate(n=Count("pk"), amount=Sum("amount")).order_by("state")
    sums = [StateSum(state, count, amount) for state, count, amount in said]
    pays = [each for each in sums if each.state not in UNPAID]
    seen = rows.filter(pk__in=Instruction.objects.visible_to(actor, "payments.view").filter(cycle=found).values("pk"))
    return CycleCard(
        id=found.pk, programme=found.programme.title, programme_code=found.programme.code, fund_id=found.fund_id,
        fund=found.fund.title, office_id=found.office_id, period=found.period, kind=found.kind, ordinal=found.ordinal,
        budget_year=found.budget_year, state=found.state, currency=found.fund.currency, progress=progress_of(found),
        sums=sums, planned_count=sum(each.count for each in pays), planned_amount=sum(each.amount for each in pays),
        left=balances(found.fund_id, found.budget_year).available, prepared_by=_name(found.prepared_by),
        prepared_at=found.prepared_at, checked_by=_name(found.checked_by), checked_at=found.checked_at,
        approved_by=_name(found.approved_by), approved_at=found.approved_at, exported_by=_name(found.exported_by),
        exported_at=found.exported_at, pay_on=found.pay_on, settled_at=found.settled_at,
        closed_by=_name(found.closed_by), closed_at=found.closed_at, cancelled_at=found.cancelled_at,
        because=found.because, files=[] if brief else files_of(found.pk, actor=actor),
        unseen=0 if brief else sum(each.count for each in sums) - seen.count(), may=_may(found, actor),
    )  # fmt: skip


def progress(cycle: UUID, *, actor: Actor) -> Progress:
    """How far the worker is; one query, for a page that asks again and again."""
    return progress_of(Cycle.objects.visible_to(actor, "payments.view").get(pk=cycle))


def progress_of(found: Cycle) -> Progress:
    what = found.state if found.state in (CycleState.PREPARING, CycleState.EXPORTING) else ""
    return Progress(what, found.done, found.total, found.paused_at is not None)


def _name(actor: dict[str, str] | None) -> str:
    return (actor or {}).get("name") or ""


def _may(found: Cycle, actor: Actor) -> frozenset[str]:
    """What this reader may do now. For buttons: the command asks again."""
    steps = {step for step, action in STEPS[found.state].items() if may(actor, action)}
    steps.discard("resume" if found.paused_at is None else "pause")
    if actor.id == found.prepared_by["id"] or actor.id in found.touched_by:
        steps.discard("approve")
    if found.kind == CycleKind.RESEND:
        steps -= {"refresh", "edit"}
    return frozenset(steps)


def files_of(cycle: UUID, *, actor: Actor) -> list[FileRow]:
    """The files of a cycle; how to open one is told only to who may."""
    try:
        may_open = set(
            BankFile.objects.visible_to(actor, "payments.files").filter(cycle=cycle).values_list("pk", flat=True)
        )
    except NoGrant:
        may_open = set()
    found = BankFile.objects.filter(cycle=cycle).select_related("file").order_by("way")
    return [
        FileRow(
            each.pk, each.way, each.message_id, _file_name(each.file), each.file_id if each.pk in may_open else None,
            each.digest, each.count, each.amount, each.made_at,
        )
        for each in found
    ]  # fmt: skip


def _file_name(file: StoredFile) -> str:
    return file.name


def payable_programmes(*, actor: Actor) -> list[Programme]:
    """Programmes that are paid from a fund whose cycles the actor may prepare, in their order."""
    codes = set(Fund.objects.visible_to(actor, "payments.prepare").values_list("code", flat=True))
    found = Programme.objects.filter(retired_on=None).order_by("order", "code")
    return [each for each in found if each.paid_from and each.paid_from["fund"] in codes]
