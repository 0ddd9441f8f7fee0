"""What the crawl walks through: an open file, a sealed one, one of another office, each with what grows on it.

Every name is one that no page would say by chance; a body that holds one tells whose file it leaked.
"""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from uuid import UUID

from django.utils import timezone

from vatra.rooms.people.commands import PersonDraft, register_household, seal_household
from vatra.rooms.people.models import Household

from . import money

# family name → whose it is; given names are what search pages are asked for, and may stand in a search box
OPEN, SEALED, FOREIGN = "Deschisovici", "Zăvorâtescu", "Străinovschi"
GIVEN = {OPEN: "Apolinaria", SEALED: "Quintilia", FOREIGN: "Wilhelmina"}


@dataclass
class Scene:
    """Three files, and the names by which a leak of each is known."""

    open: Household
    sealed: Household
    foreign: Household
    team: set[str] = field(default_factory=set)  # who may see the sealed file
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def forbidden(self, username: str | None) -> dict[str, tuple[str, ...]]:
        """What pages may not say to this user: {whose file: its marks}. Written apart from the product's own rules."""
        if username is None:
            return self.marks
        at_home = username != "sami"
        hidden = {}
        if not at_home:
            hidden["open"] = self.marks["open"]
        if at_home:
            hidden["foreign"] = self.marks["foreign"]
        if username not in self.team:
            hidden["sealed"] = self.marks["sealed"]
        return hidden


def _family(name: str, office: UUID, area: object, actor: object, cnp: str) -> Household:
    head = PersonDraft(
        given=GIVEN[name], family=name, birth_date=date(1984, 5, 17), sex="female", identifiers=[("cnp", cnp, None)]
    )
    child = PersonDraft(given="Ana", family=name, birth_date=date(2016, 2, 3), sex="female")
    return register_household(
        office=office, area=area, line=f"Strada {name} 1", since=date(2024, 3, 1),  # type: ignore[arg-type]
        members=[(head, "head"), (child, "child")], actor=actor, at=timezone.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def set_up(cast: SimpleNamespace, offices: SimpleNamespace) -> Scene:
    """Three households through the commands that the screens call; only Mihai and Doina, who sealed it, know of the sealed one."""
    opened = _family(OPEN, offices.spas.pk, offices.town, cast.elena, "2840517264429")
    sealed = _family(SEALED, offices.spas.pk, offices.town, cast.elena, "2840517264437")
    foreign = _family(FOREIGN, offices.elsewhere.pk, offices.town, cast.sami, "2840517264445")
    seal_household(
        household=sealed.pk, because="protection order, partner works in the town hall", team=[UUID(cast.mihai.id)],
        actor=cast.doina, at=timezone.now(),
    )  # fmt: skip
    marks = {
        "open": (OPEN, "2840517264429"),
        "sealed": (SEALED, "2840517264437", "protection order"),
        "foreign": (FOREIGN, "2840517264445"),
    }
    scene = Scene(opened, sealed, foreign, team={"mihai", "doina"}, marks=marks)
    money.grow(scene, cast, offices)
    return scene
