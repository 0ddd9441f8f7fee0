"""What a referral may disclose, and what it does: fields chosen one by one, frozen as they stood.

The address of a sealed person is not among what may be chosen, and is refused where somebody typed it into the text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.engines.names import fold
from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Dwelling
from vatra.rooms.people.queries import HouseholdCard, MemberCard, household_card

from .models import Case, Need

# In the order in which they are read. Whoever is sealed is never found by what is disclosed of them.
FIELDS = {
    "name": gettext_noop("Name"),
    "birth_date": gettext_noop("Date of birth"),
    "age": gettext_noop("Age"),
    "sex": gettext_noop("Sex"),
    "language": gettext_noop("Language"),
    "phone": gettext_noop("Telephone"),
    "locality": gettext_noop("Place"),
    "address": gettext_noop("Address"),
    "household": gettext_noop("Who lives in the household"),
    "representative": gettext_noop("Who acts for them"),
    "need": gettext_noop("Need"),
    "need_note": gettext_noop("About the need"),
    "risk": gettext_noop("Risk"),
    "level": gettext_noop("Level of care"),
}
WHERE = {"locality", "address"}  # never of somebody sealed
USUAL = {"name", "age", "phone", "need"}
MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Offered:
    """One field that could be disclosed, as it stands now."""

    code: str
    label: str
    value: dict[str, Any]
    usual: bool


def card_of(case: Case, *, actor: Actor, at: datetime) -> HouseholdCard:
    """The household of a case as it stands. Raises Household.DoesNotExist where the actor may not see it."""
    return household_card(case.household_id, valid_on=day(at, zone()), known_at=at, actor=actor, kinship=False)


def offered(case: Case, person: UUID, need: Need | None, *, card: HouseholdCard, at: datetime) -> list[Offered]:
    """Everything known that could be disclosed of a person of this household."""
    on = day(at, zone())
    member = the_member(card, person)
    hidden = WHERE if is_sealed(case, card) else set()
    values = _values(case, card, member, need, on)
    return [
        Offered(code, label, values[code], code in USUAL)
        for code, label in FIELDS.items()
        if values.get(code) and code not in hidden
    ]


def is_sealed(case: Case, card: HouseholdCard) -> bool:
    return case.sealed_at is not None or card.sealed


def the_member(card: HouseholdCard, person: UUID) -> MemberCard:
    member = card.member(card.standing.get(person, person))
    if member is None:
        raise Refused(
            "not_of_the_household", gettext_noop("This person does not belong to the household of the case."),
            gettext_noop("Choose somebody who does."),
        )  # fmt: skip
    return member


def _values(case: Case, card: HouseholdCard, member: MemberCard, need: Need | None, on: date) -> dict[str, Any]:
    age = member.age(on)
    return {
        "name": _text(member.name),
        "birth_date": {"kind": "date", "date": member.birth_date.isoformat()} if member.birth_date else None,
        "age": {"kind": "number", "number": age} if age is not None else None,
        "sex": _coded("sex", member.sex),
        "language": {"kind": "word", "word": member.language} if member.language else None,
        "phone": _text(", ".join(c.value for c in member.contacts if c.kind == "phone" and c.safe)),
        "locality": {"kind": "said", "said": card.area.name} if card.area else None,
        "address": _text(card.address),
        "household": _household(card, member, on),
        "representative": _text(", ".join(r.by for r in card.representatives if r.person_id == member.person_id)),
        "need": _coded("need", need.code) if need else None,
        "need_note": _text(need.note) if need else None,
        "risk": {"kind": "word", "word": case.risk},
        "level": {"kind": "word", "word": case.level},
    }  # fmt: skip


def _text(text: str) -> dict[str, Any] | None:
    return {"kind": "text", "text": text} if text else None


def _coded(code_list: str, code: str) -> dict[str, Any] | None:
    found = code_of(code_list, code) if code else None
    return {"kind": "said", "said": found.title} if found else _text(code)


def _household(card: HouseholdCard, member: MemberCard, on: date) -> dict[str, Any] | None:
    """Roles and ages of the others; their names are theirs to give."""
    others = [m for m in card.members if m.person_id != member.person_id]
    rows = []
    for other in others:
        role = code_of("household_role", other.role)
        rows.append({"role": role.title if role else {"en": other.role}, "age": other.age(on)})
    return {"kind": "members", "members": rows} if rows else None


def payload(
    case: Case,
    person: UUID,
    need: Need | None,
    *,
    fields: Iterable[str],
    request: str,
    card: HouseholdCard,
    at: datetime,
) -> dict[str, Any]:
    """Exactly what will be read: the request in the worker's words, and the chosen fields in their order.

    Refuses a field that cannot be disclosed, nothing chosen at all, and a sealed address in the text.
    """
    chosen, request = set(fields), request.strip()
    can = {field.code: field for field in offered(case, person, need, card=card, at=at)}
    if wrong := chosen - set(can):
        raise Refused(
            "field_not_offered", gettext_noop("This cannot be disclosed: %(fields)s."),
            gettext_noop("Choose among what is offered; of somebody sealed no place is ever told."),
            fields=", ".join(sorted(wrong)),
        )  # fmt: skip
    if not chosen or not request:
        raise Refused(
            "nothing_disclosed", gettext_noop("Say what is asked for, and choose at least one thing to tell."),
            gettext_noop("Whoever reads it needs to know what to do, and for whom."),
        )  # fmt: skip
    if len(request) > MOST_WORDS:
        raise Refused("too_long", gettext_noop("The text is too long; %(most)s signs fit."), most=MOST_WORDS)
    made = {
        "request": request,
        "fields": [{"code": code, **can[code].value} for code in FIELDS if code in chosen],
    }
    if is_sealed(case, card):
        _no_hidden_address(case, made)
    return made


def _no_hidden_address(case: Case, made: dict[str, Any]) -> None:
    """A sealed address slips in where people type: into the request, or the note on the need."""
    typed = [made["request"], *(f["text"] for f in made["fields"] if f["kind"] == "text")]
    words = fold(" ".join(typed)).split()
    for line in Dwelling.objects.filter(household=case.household_id).values_list("line", flat=True):
        if _says_where(words, fold(line).split()):
            raise Refused(
                "address_in_text", gettext_noop("The text says where a sealed person lives."),
                gettext_noop("Take the address out; of somebody sealed no place is ever told."),
            )  # fmt: skip


def _says_where(words: list[str], line: list[str]) -> bool:
    """Whether a word of the address (the street) stands in the text with one of its numbers close behind."""
    streets = {word for word in line if len(word) >= 4 and not word[0].isdigit()}
    numbers = {word for word in line if word[0].isdigit()}
    return any(word in streets and numbers & set(words[n + 1 : n + 4]) for n, word in enumerate(words))
