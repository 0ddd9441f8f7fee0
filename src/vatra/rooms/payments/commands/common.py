"""What the commands of this room share: locks, moves, and what they post."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Sum

from vatra.foundation.catalogue.queries import zone
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.days import day
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger.commands import Line
from vatra.rooms.ledger.models import AccountKind

from ..models import Cycle, CycleKind, Instruction
from ..states import CYCLE_MOVES, INSTRUCTION_MOVES, LIVE, CycleState, InstructionState

ID = UUID | str
T = TypeVar("T")
BATCH = 200  # instructions in one transaction: none lasts over a second
FIELDS = [
    "state", "live_key", "moves", "reason", "note", "sent_at", "paid_on", "returned_on", "changed_at",
]  # fmt: skip


def id_of(record: Any) -> UUID:
    found = getattr(record, "pk", None) or getattr(record, "id", None) or record
    return found if isinstance(found, UUID) else UUID(str(found))


def today(at: datetime) -> date:
    return day(at, zone())


def actor_from(said: dict[str, Any]) -> Actor:
    """Whoever ordered what the worker does now: the trail names them, not the worker."""
    return Actor(**{**said, "kind": ActorKind(said["kind"])})


def locked_cycle(cycle: Cycle | ID, *, actor: Actor, action: str) -> Cycle:
    """The cycle, locked: whoever comes second waits, and finds what the first did. Raises DoesNotExist, NoGrant."""
    rows = Cycle.objects.visible_to(actor, action).select_for_update(of=("self",), no_key=True)
    return rows.select_related("programme", "fund__office", "office").get(pk=id_of(cycle))


def worked_cycle(cycle: ID) -> Cycle:
    """The same for the worker."""
    rows = Cycle.objects.select_for_update(of=("self",), no_key=True).select_related(
        "programme", "fund__office", "office"
    )
    return rows.get(pk=cycle)


def locked_instruction(instruction: Instruction | ID, *, actor: Actor, action: str) -> Instruction:
    """The instruction with its cycle, both locked, the cycle first: always in that order, so that nobody waits in a
    ring. Raises DoesNotExist where the actor may not see it."""
    seen = Instruction.objects.visible_to(actor, action).only("cycle_id").get(pk=id_of(instruction))
    cycle = worked_cycle(seen.cycle_id)
    found = Instruction.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    found.cycle = cycle
    return found


def working(cycle: UUID, state: CycleState) -> Cycle | None:
    """The cycle, locked, while the worker may go on with it: nobody stopped it, and it is still at this."""
    found = worked_cycle(cycle)
    return found if found.state == state and found.paused_at is None else None


def batches(rows: Sequence[T], size: int | None = None) -> Iterator[list[T]]:
    step = size or BATCH
    for start in range(0, len(rows), step):
        yield list(rows[start : start + step])


def move_cycle(cycle: Cycle, target: CycleState) -> None:
    check_move(CYCLE_MOVES, source=CycleState(cycle.state), target=target)
    cycle.state = target


def key_of(person: UUID, programme: UUID, period: date) -> str:
    return f"{person}:{programme}:{period:%Y-%m}"


def move(found: Instruction, target: InstructionState, *, at: datetime, reason: str = "", note: str = "") -> None:
    """Take an instruction to another state; it is not saved yet. Holds the key of what it pays while it is live."""
    check_move(INSTRUCTION_MOVES, source=InstructionState(found.state), target=target)
    found.state, found.changed_at, found.moves = target, at, found.moves + 1
    found.reason, found.note = reason, note[:500]
    live = target in LIVE
    found.live_key = key_of(found.person_id, found.programme_id, found.period) if live else None


def line(found: Instruction, step: str, *, to: AccountKind, of: AccountKind) -> Line:
    """What this move of the instruction posts: once, however often it is tried."""
    return Line(to, of, found.amount, ref(found), step, found.moves)


def planned(cycle: Cycle, *states: InstructionState) -> tuple[int, int]:
    """How many instructions are in these states (planned unless said), for how much."""
    rows = Instruction.objects.filter(cycle=cycle, state__in=states or [InstructionState.PLANNED])
    said = rows.aggregate(n=Count("pk"), amount=Sum("amount"))
    return said["n"], said["amount"] or 0


def touched(cycle: Cycle, actor: Actor) -> None:
    if actor.id not in cycle.touched_by:
        cycle.touched_by = [*cycle.touched_by, actor.id]


def back_to_prepared(cycle: Cycle) -> None:
    """What was checked is not what stands now: somebody has to look again."""
    if cycle.state == CycleState.CHECKED:
        move_cycle(cycle, CycleState.PREPARED)
        cycle.checked_by = cycle.checked_at = None


def source_of(cycle: Cycle) -> AccountKind:
    """From where a cycle takes its money: the budget, or what came back and is still owed."""
    return AccountKind.RETURNED if cycle.kind == CycleKind.RESEND else AccountKind.AVAILABLE


def because_of(text: str) -> str:
    if not text.strip():
        raise Refused(
            "reason_needed", gettext_noop("Say why."),
            gettext_noop("Write the reason in a few words; the person may ask for it."),
        )  # fmt: skip
    return text.strip()[:500]


def waits(step: str, cycle: Cycle, *, action: str, at: datetime, due_on: date | None = None) -> None:
    """The cycle waits for its next step; every other step of it is done."""
    waits_no_more(cycle, at=at)
    open_item(
        key=f"payments.{step}:{cycle.pk}", kind=f"payments.{step}", ref=ref(cycle), office=cycle.office_id,
        action=action, due_on=due_on, at=at,
        values={
            "programme": cycle.programme.title, "code": cycle.programme.code, "number": f"{cycle.period:%Y-%m}",
            "period": cycle.period.isoformat(),
        },
    )  # fmt: skip


def waits_no_more(cycle: Cycle, *, at: datetime) -> None:
    for step in ("check", "approve", "export", "settle", "close"):
        done(key=f"payments.{step}:{cycle.pk}", at=at)


def persons(instructions: Iterable[Instruction]) -> list[UUID]:
    """Whom these instructions concern."""
    found = [who for each in instructions for who in (each.beneficiary_id, each.payee_id) if who]
    return list(dict.fromkeys(found))
