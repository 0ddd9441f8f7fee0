"""The register page between browser and journey: what was typed, who it may be already, what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.forms import BoundField
from django.http import QueryDict

from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.rooms.people.commands import PersonDraft
from vatra.rooms.people.queries import Hit, likely_duplicates_of, person_names

from .forms import MEMBERS, HouseholdForm, MemberForm

FIRST_ROLES = ("head", "spouse", "child")  # what the next row most often is


@dataclass
class Row:
    """A member on the page: their form, their name if they are known already, who they perhaps are."""

    place: int
    form: MemberForm
    name: str = ""
    hits: list[Hit] = field(default_factory=list)


@dataclass
class Sheet:
    """One filling-in of the page. `draft` names it, so that sending it twice registers once."""

    household: HouseholdForm
    rows: list[Row]
    draft: UUID
    seen: set[str]  # likely duplicates that were on the page when it was sent

    @property
    def hits(self) -> list[Row]:
        return [row for row in self.rows if row.hits]

    @property
    def unseen(self) -> bool:
        """Whether somebody alike turned up whom the officer has not been shown."""
        return any(str(hit.person_id) not in self.seen for row in self.rows for hit in row.hits)

    def shown(self) -> str:
        return ",".join(sorted(self.seen | {str(hit.person_id) for row in self.rows for hit in row.hits}))

    @property
    def row_errors(self) -> list[tuple[int, BoundField]]:
        """(which member, counted from one; the field) wherever something is wrong."""
        return [(row.place + 1, field) for row in self.rows for field in row.form if field.errors]

    def valid(self) -> bool:
        rows = [row.form.is_valid() for row in self.counting()]
        return self.household.is_valid() and all(rows)

    def counting(self) -> list[Row]:
        return [row for row in self.rows if row.form.counts()]

    def members(self) -> list[tuple[PersonDraft | UUID, str]]:
        return [(row.form.existing_id() or row.form.draft(), row.form.cleaned_data["role"]) for row in self.counting()]

    def since(self, today: date) -> date:
        return self.household.cleaned_data["since"] or today


def blank(draft: UUID | None = None) -> Sheet:
    """An empty page, with one member: whoever came."""
    return Sheet(HouseholdForm(prefix="h"), [Row(0, _blank_row(0))], draft or uuid7(), set())


def _blank_row(place: int) -> MemberForm:
    return MemberForm(prefix=f"m{place}", initial={"role": FIRST_ROLES[min(place, len(FIRST_ROLES) - 1)]})


def posted(post: QueryDict) -> Sheet:
    """The page as it was sent; `do` may add, drop, take or let go a member."""
    count = min(int(post["rows"]) if post.get("rows", "").isdecimal() else 1, MEMBERS)
    data, places = post.copy(), list(range(max(count, 1)))
    verb, _, rest = post.get("do", "").partition(":")
    at, _, person = rest.partition(":")
    place = int(at) if at.isdecimal() else -1
    if verb == "drop" and place in places and len(places) > 1:
        places.remove(place)
    elif verb == "take" and place in places:
        data[f"m{place}-existing"] = person
    elif verb == "free" and place in places:
        data[f"m{place}-existing"] = ""
    rows = [Row(new, MemberForm(_moved(data, old, new), prefix=f"m{new}")) for new, old in enumerate(places)]
    if verb == "add" and len(rows) < MEMBERS:
        rows.append(Row(len(rows), _blank_row(len(rows))))
    for row in rows:
        row.form.is_valid()
    return Sheet(
        HouseholdForm(data, prefix="h"), rows, _draft(post), set(filter(None, post.get("seen", "").split(",")))
    )


def _moved(data: QueryDict, old: int, new: int) -> Mapping[str, str]:
    """The row's own fields, under the prefix of its new place."""
    start = f"m{old}-"
    return {f"m{new}-{key.removeprefix(start)}": value for key, value in data.items() if key.startswith(start)}


def _draft(post: QueryDict) -> UUID:
    try:
        return UUID(post.get("draft", ""))
    except ValueError:
        return uuid7()


def look_for_duplicates(sheet: Sheet, actor: Actor) -> None:
    """Put beside each row who it perhaps is, and the names of those who were taken as known."""
    taken = {row.form.existing_id(): row for row in sheet.rows if row.form.existing_id()}
    if taken:
        names = person_names([person for person in taken if person], actor=actor)
        for person, row in taken.items():
            row.name = names.get(person, "") if person else ""
            if not row.name:  # not theirs to see, or nobody: the row is a new person again
                row.form.cleaned_data["existing"] = None
    open_rows = [row for row in sheet.rows if not row.form.existing_id()]
    found = likely_duplicates_of([row.form.draft() for row in open_rows], actor=actor, limit=3)
    for row, hits in zip(open_rows, found, strict=True):
        row.hits = [hit for hit in hits if hit.person_id not in taken]
