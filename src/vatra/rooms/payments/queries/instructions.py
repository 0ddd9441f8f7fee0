"""Instructions as lists show them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from vatra.kernel.actor import Actor
from vatra.rooms.people.models import Identity

from ..models import Instruction
from ..reasons import sentence
from ..states import InstructionState
from .rows import InstructionRow

PAGE = 50
RELATED = ("household", "programme")


def instructions(
    cycle: UUID, *, actor: Actor, state: str = "", reason: str = "", offset: int = 0, limit: int = PAGE
) -> tuple[list[InstructionRow], int]:
    """A part of a cycle's instructions, and how many there are of them all. Five queries."""
    found = Instruction.objects.visible_to(actor, "payments.view").filter(cycle=cycle)
    if state:
        found = found.filter(state=state)
    if reason:
        found = found.filter(reason=reason)
    ordered = found.order_by("household__number", "pk")
    return rows_of(ordered[offset : offset + limit]), found.count()


def instruction_row(instruction: UUID, *, actor: Actor) -> InstructionRow:
    """Raises DoesNotExist where the actor may not."""
    return rows_of([one(instruction, actor)])[0]


def one(instruction: UUID, actor: Actor) -> Instruction:
    seen = Instruction.objects.visible_to(actor, "payments.view")
    return seen.select_related("cycle", *RELATED).get(pk=instruction)


def payments_of(
    *, actor: Actor, household: UUID | None = None, person: UUID | None = None, entitlement: UUID | None = None,
    limit: int = 100,
) -> list[InstructionRow]:  # fmt: skip
    """What a household, a person, or by one right was paid and is to be paid, the latest first; what was left out as
    well."""
    found = Instruction.objects.visible_to(actor, "payments.view")
    if household is not None:
        found = found.filter(household=household)
    if person is not None:
        found = found.filter(beneficiary__canonical_id=person)
    if entitlement is not None:
        found = found.filter(entitlement=entitlement)
    return rows_of(found.order_by("-period", "-attempt", "-changed_at", "pk")[:limit])


def exceptions(*, actor: Actor, limit: int = 200) -> list[InstructionRow]:
    """What came back and waits to be corrected, the oldest first."""
    found = Instruction.objects.visible_to(actor, "payments.view").filter(state=InstructionState.RETURNED)
    return rows_of(found.order_by("returned_on", "pk")[:limit])


def rows_of(found: QuerySet[Instruction] | Iterable[Instruction]) -> list[InstructionRow]:
    """Instructions that their reader may see, with names. Two queries."""
    if isinstance(found, QuerySet):
        found = found.select_related(*RELATED)
    listed = list(found)
    names = _names(listed)
    return [_row(each, names) for each in listed]


def _names(listed: list[Instruction]) -> dict[UUID, str]:
    """Whoever may see the instruction may read who is entitled and who is paid. Who was sealed elsewhere stays unnamed."""
    both = [(each, person) for each in listed for person in (each.beneficiary_id, each.payee_id) if person]
    sealed_with = {person for each, person in both if each.household.sealed_at is not None}
    said = Identity.objects.filter(person__in={person for _, person in both})
    said = said.filter(Q(person__sealed_at=None) | Q(person__in=sealed_with))
    return dict(said.values_list("person_id", "display_name"))


def _row(each: Instruction, names: dict[UUID, str]) -> InstructionRow:
    return InstructionRow(
        id=each.pk, cycle_id=each.cycle_id, entitlement_id=each.entitlement_id, household_id=each.household_id,
        household_number=each.household.number, beneficiary_id=each.beneficiary_id,
        beneficiary=names.get(each.beneficiary_id, ""), payee_id=each.payee_id,
        payee=names.get(each.payee_id, "") if each.payee_id else "", programme=each.programme.title,
        period=each.period, attempt=each.attempt, amount=each.amount, currency=each.currency, way=each.way,
        account=each.account_masked, state=each.state, reason=each.reason,
        reason_text=sentence(each.reason) if each.reason else "", note=each.note, end_to_end_id=each.end_to_end_id,
        sent_at=each.sent_at, paid_on=each.paid_on, returned_on=each.returned_on,
    )  # fmt: skip
