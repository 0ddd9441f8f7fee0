"""Assistance units: who is looked at together under a law, as the pack declares it. Pure: no records are read here.

A declaration (`units.yaml` of the pack) says `members: alone | together | grouped`, who can be asked for at all
(`only`), and for `grouped`: the `core` roles, the kinship by which adults are `joined_by`, who is one of the
`dependants`, and through which kinship they belong to an adult (`dependants_of`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from vatra.kernel.days import age_on
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

ADULT = 18
PARENT, GUARDIAN = ("mother", "father"), ("guardian", "foster_parent")
Dated = Mapping[str, Sequence[tuple[date, date | None, Any]]]


@dataclass(frozen=True, slots=True)
class UnitOfLaw:
    """Members in the household's order. The beneficiary is entitled; the applicant may ask, when somebody can."""

    kind: str
    members: tuple[UUID, ...]
    beneficiary: UUID
    applicant: UUID | None


@dataclass(frozen=True, slots=True)
class Kin:
    """`person` is the `relation` of `relative`."""

    person: UUID
    relative: UUID
    relation: str


@dataclass(frozen=True)
class House:
    """A household on a day, as units are derived from it."""

    members: Sequence[tuple[UUID, str]]  # person, role
    kin: Sequence[Kin]
    facts: Mapping[UUID, Dated]
    on: date

    def value(self, person: UUID, code: str) -> Any:
        """The value of a fact on the day, or None while it is not known."""
        held = [row for row in self.facts.get(person, {}).get(code, ()) if _holds(row, self.on)]
        return max(held, key=lambda row: row[0])[2] if held else None

    def age(self, person: UUID) -> int | None:
        born = self.value(person, "birth_date")
        return age_on(born, self.on) if born else None


def _holds(row: tuple[date, date | None, Any], on: date) -> bool:
    return row[0] <= on and (row[1] is None or on < row[1])


def derive(kind: str, declared: Mapping[str, Mapping[str, Any]], house: House) -> list[UnitOfLaw]:
    """The units of a kind in a household, that of the core first. Everybody is in one, unless `only` leaves them out.

    Refuses a kind that the pack does not declare. A household without anybody has no units.
    """
    said = declaration(kind, declared)
    childlike = _childlike(declared)
    people = [person for person, _ in house.members]
    if not people:
        return []
    if said["members"] == "together":
        groups = [people]
    elif said["members"] == "alone":
        wanted = [p for p in people if _asked_for(p, said.get("only"), house, childlike)]
        groups = [[person] for person in wanted]
    else:
        groups = _grouped(said, house, childlike)
    return [_unit(kind, said, group, house, childlike) for group in groups]


def declaration(kind: str, declared: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if kind not in declared:
        raise Refused(
            "unknown_unit", gettext_noop("The pack does not say what the assistance unit “%(unit)s” is."),
            gettext_noop("Have the administrator add it to units.yaml of the pack."), unit=kind,
        )  # fmt: skip
    return declared[kind]


def _childlike(declared: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Roles that children have: every role that some declaration of dependants names."""
    return {role for said in declared.values() for rule in said.get("dependants", ()) for role in rule.get("role", ())}


def _asked_for(person: UUID, only: Iterable[Mapping] | None, house: House, childlike: set[str]) -> bool:
    """Whether a unit can be about this person. What is not known of a child leaves them in: the rules will ask."""
    return not only or any(_matches(person, rule, house, childlike, unknown=True) for rule in only)


def _matches(person: UUID, rule: Mapping[str, Any], house: House, childlike: set[str], *, unknown: bool) -> bool:
    age, role = house.age(person), dict(house.members)[person]
    if rule.get("role") and role not in rule["role"]:
        return False
    if age is None:
        # Somebody in a child's role is one until their age says otherwise.
        return "under" in rule and "from" not in rule and role in childlike
    if not rule.get("from", 0) <= age < rule.get("under", 1000):
        return False
    if "fact" not in rule:
        return True
    held = house.value(person, rule["fact"])
    if held is None:
        return unknown and role in childlike
    return held in rule["is"] if "is" in rule else bool(held)


def _grouped(said: Mapping[str, Any], house: House, childlike: set[str]) -> list[list[UUID]]:
    """Adults stand in groups: the core together, others with those they are joined to; dependants go with an adult."""
    roles = dict(house.members)
    dependants = {
        person
        for person in roles
        if roles[person] not in said.get("core", ())
        and any(_matches(person, rule, house, childlike, unknown=False) for rule in said.get("dependants", ()))
    }
    adults = [person for person in roles if person not in dependants]
    group = {person: person for person in adults}  # adult → the one who names their group

    def join(one: UUID, other: UUID) -> None:
        into, gone = group[one], group[other]
        for person in adults:
            if group[person] == gone:
                group[person] = into

    core = [person for person in adults if roles[person] in said.get("core", ())]
    for person in core[1:]:
        join(core[0], person)
    for kin in house.kin:
        if kin.relation in said.get("joined_by", ()) and kin.person in group and kin.relative in group:
            join(kin.person, kin.relative)
    first = group[core[0]] if core else group[adults[0]] if adults else None
    belongs = {person: group[person] for person in adults}
    for person in roles:
        if person in dependants:
            belongs[person] = _home_of(person, said, house, group) or first or person
    return _in_order(belongs, first, house)


def _home_of(child: UUID, said: Mapping[str, Any], house: House, group: Mapping[UUID, UUID]) -> UUID | None:
    """The group of the first adult here of whom this is the child or ward, in the order of the declaration."""
    for relation in said.get("dependants_of", ()):
        for kin in house.kin:
            if kin.relation == relation and kin.relative == child and kin.person in group:
                return group[kin.person]
    return None


def _in_order(belongs: Mapping[UUID, UUID], first: UUID | None, house: House) -> list[list[UUID]]:
    if first is None:  # children alone stand together: it is one household, and somebody must look
        return [[person for person, _ in house.members]]
    groups: dict[UUID, list[UUID]] = {first: []}
    for person, _ in house.members:
        groups.setdefault(belongs[person], []).append(person)
    return [group for group in groups.values() if group]


def _unit(kind: str, said: Mapping[str, Any], group: list[UUID], house: House, childlike: set[str]) -> UnitOfLaw:
    alone = said["members"] == "alone"
    applicant = _applicant(said.get("applicant", ("core", "adult")), group, house, childlike)
    beneficiary = group[0] if alone else applicant if applicant in group else group[0]
    return UnitOfLaw(kind, tuple(group), beneficiary, applicant)


def _applicant(order: Iterable[str], group: list[UUID], house: House, childlike: set[str]) -> UUID | None:
    """Who may ask for the unit: the first that the declaration's order finds, of age."""
    roles = dict(house.members)

    def grown(person: UUID) -> bool:
        age = house.age(person)
        return age >= ADULT if age is not None else roles[person] not in childlike

    def related(relations: tuple[str, ...]) -> list[UUID]:
        return [k.person for k in house.kin if k.relation in relations and k.relative in group and k.person in roles]

    found = {
        "self": group[:1],
        "core": [p for p in group if roles[p] == house.members[0][1]] + group,
        "parent": related(PARENT),
        "guardian": related(GUARDIAN),
        "adult": [*group, *roles],
    }
    for who in order:
        for person in found[who]:
            if grown(person):
                return person
    return None
