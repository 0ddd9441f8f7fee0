"""What could help a household: every programme of the pack, and what to ask next. Reading only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.kernel.actor import Actor, system
from vatra.kernel.money import Money
from vatra.rooms.people.models import Household

from ..answers import ENTITLED, ORDER, Answer, Panel, Who
from ..assessment import Bodies, answers, questions, read_home, shown
from .granted import granted_to


def what_could_help(household_id: UUID, *, on: date, known_at: datetime, actor: Actor | None = None) -> Panel:
    """Every programme on a day, as things were known at an instant. Nothing is stored and nobody is told.

    Raises Household.DoesNotExist where the actor may not see the household. Without an actor: the house itself.
    """
    actor = actor or system("benefits.what_could_help")
    household = Household.objects.visible_to(actor, "benefits.view").get(pk=household_id)
    home = read_home(household, on=on, known_at=known_at)
    every = answers(home, bodies=Bodies.read(), granted=granted_to(household.pk, on=on))
    kept = shown(every)
    return Panel(
        household_id=household.pk, number=household.number, on=on, known_at=known_at, answers=kept,
        questions=questions(every, home.names, household.pk), every=every,
    )  # fmt: skip


def as_json(panel: Panel, *, language: str) -> dict[str, Any]:
    """The panel for machines: one entry for each programme; `units` tells its persons or families apart."""
    programmes: dict[str, list[Answer]] = {}
    for answer in panel.every:
        programmes.setdefault(answer.programme.code, []).append(answer)
    return {
        "household": str(panel.household_id),
        "number": panel.number,
        "on": panel.on.isoformat(),
        "known": panel.known_at.isoformat(),
        "programmes": [_programme(code, group, language) for code, group in programmes.items()],
    }


def _programme(code: str, group: list[Answer], language: str) -> dict[str, Any]:
    """Entitled if any unit is, with what its entitled units receive together; otherwise as the nearest unit stands."""
    leading = min(group, key=lambda answer: (ORDER[answer.status], len(answer.failing)))
    same = [answer for answer in group if answer.status == leading.status]
    return {
        "code": code,
        "status": leading.status,
        "amount": _total(same) if leading.status == ENTITLED else None,
        "clauses": [clause.as_json(language) for clause in leading.clauses],
        "missing": list(dict.fromkeys(missing.fact for answer in same for missing in answer.missing)),
        "decided_by": _who(leading.decided_by),
        "paid_by": _who(leading.paid_by),
        "decided_here": leading.local,
        "starts_on": leading.starts_on.isoformat() if leading.starts_on else None,
        "units": [_unit(answer, language) for answer in group],
    }


def _total(entitled: list[Answer]) -> dict[str, Any] | None:
    """Together; None for a service, or while one of the amounts is not known."""
    amounts = [answer.amount for answer in entitled]
    if not amounts or any(amount is None for amount in amounts):
        return None
    total: Money = amounts[0]  # type: ignore[assignment]
    for amount in amounts[1:]:
        total = total + amount  # type: ignore[operator]
    return total.as_json()


def _who(who: Who | None) -> str | None:
    return who.code if who else None


def _unit(answer: Answer, language: str) -> dict[str, Any]:
    return {
        "unit": answer.programme.unit,
        "members": [str(person) for person in answer.unit.members] if answer.unit else [],
        "beneficiary": str(answer.beneficiary_id) if answer.beneficiary_id else None,
        "status": answer.status,
        "amount": answer.amount.as_json() if answer.amount else None,
        "clauses": [clause.as_json(language) for clause in answer.clauses],
        "missing": [
            {"fact": missing.fact, "subject": missing.subject_kind, "id": str(missing.subject_id)}
            for missing in answer.missing
        ],
    }
