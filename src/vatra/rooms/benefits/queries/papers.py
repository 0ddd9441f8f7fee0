"""What is already asked for, and papers that are still awaited."""

from dataclasses import dataclass
from uuid import UUID

from vatra.kernel.actor import Actor

from ..models import Application, Paper
from ..states import ApplicationState


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """A paper that an open application waits for, and in which form it must be seen."""

    code: str
    title: dict[str, str]
    kind: str  # original, certified_copy, register; as the programme says


def open_wishes(household_id: UUID, *, actor: Actor) -> set[tuple[str, UUID]]:
    """Programme code and entitled person of every application of a household that is under way."""
    rows = Application.objects.visible_to(actor, "benefits.view").filter(
        household=household_id, state__in=[ApplicationState.REGISTERED, ApplicationState.COMPLETE]
    )
    return set(rows.values_list("programme__code", "beneficiary_id"))


def missing_papers(household_id: UUID, *, actor: Actor) -> list[MissingPaper]:
    """What a household is still asked for, each paper once however many applications wait for it."""
    waiting = Application.objects.visible_to(actor, "benefits.view").filter(
        household=household_id, state=ApplicationState.REGISTERED
    )
    rows = Paper.objects.filter(application__in=waiting, required=True, seen="").select_related(
        "application__programme"
    )
    found: dict[str, MissingPaper] = {}
    for row in rows.order_by("application__registered_at", "id"):
        said = next((p for p in row.application.programme.papers if p["code"] == row.code), {})
        found.setdefault(row.code, MissingPaper(row.code, row.title, said.get("kind", "")))
    return list(found.values())
