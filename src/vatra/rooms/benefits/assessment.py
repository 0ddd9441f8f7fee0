"""Deciding what the rules say about a household: reading only, nothing stored, no query inside a loop."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from vatra.engines.rules import Outcome, Unit, fewest_questions, load_ruleset
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import codes, fact_definitions, pack
from vatra.rooms.people.models import Household, Identity, Kinship, Membership
from vatra.rooms.people.queries import UnitFacts, facts_of
from vatra.rooms.people.temporal import known, valid
from vatra.rooms.programmes.models import Programme, Ruleset
from vatra.rooms.programmes.queries import InForce, offered, rules_catalogue, rulesets_in_force

from .answers import ENTITLED, NOT_ENTITLED, ORDER, UNKNOWN, Answer, Missing, QuestionToAsk, Who
from .reasons import clause_answer
from .units import House, Kin, UnitOfLaw, declaration, derive


@dataclass(frozen=True)
class Home:
    """Everything that the rules may look at, read once."""

    household: Household
    house: House
    facts: UnitFacts
    names: Mapping[UUID, str]
    on: date
    known_at: datetime


def read_home(household: Household, *, on: date, known_at: datetime) -> Home:
    """Four queries: members with their names, facts (two), kinship."""
    rows = Membership.objects.filter(known(known_at), valid(on), household=household).order_by("id")
    name = Identity.objects.filter(person=OuterRef("person__canonical_id")).values("display_name")
    members, names = {}, {}
    for person, role, said in rows.values_list("person__canonical_id", "role", Subquery(name)):
        members[person], names[person] = role, said or ""
    facts = facts_of(household.pk, valid_on=on, known_at=known_at, members=members)
    kin = Kinship.objects.filter(
        known(known_at), valid(on), person__canonical_id__in=members, relative__canonical_id__in=members
    ).values_list("person__canonical_id", "relative__canonical_id", "relation")
    house = House(list(members.items()), [Kin(*row) for row in kin.order_by("id")], facts.persons, on)
    return Home(household, house, facts, names, on, known_at)


def members_of(household: UUID, *, on: date) -> set[UUID]:
    """Who belongs to a household on a day, as known now."""
    rows = Membership.objects.filter(valid(on), household=household, superseded_at=None)
    return set(rows.values_list("person__canonical_id", flat=True))


@dataclass(frozen=True)
class Bodies:
    """The bodies of the pack by code, and which of them are this authority."""

    by_code: Mapping[str, Body]
    by_id: Mapping[UUID, Body]

    @classmethod
    def read(cls) -> "Bodies":
        rows = list(Body.objects.filter(code__isnull=False).only("id", "code", "name", "parent_id"))
        return cls({b.code: b for b in rows if b.code}, {b.pk: b for b in rows})

    def chain(self, body: Body | None) -> list[UUID]:
        """The body and those above it."""
        found: list[UUID] = []
        while body is not None and body.pk not in found:
            found.append(body.pk)
            body = self.by_id.get(body.parent_id) if body.parent_id else None
        return found

    def who(self, duty: Mapping[str, Any] | None) -> Who | None:
        if not duty:
            return None
        body = self.by_code.get(duty["body"])
        return Who(
            duty["body"], body.name if body else {"en": duty["body"]}, duty.get("as") or {},
            duty.get("verified", True) is not False,
        )  # fmt: skip

    def local(self, programme: Programme, office: UUID) -> bool:
        """Whether the authority that the office belongs to decides: the mayor for the service, not the agency."""
        decides = self.by_code.get((programme.duties.get("decides") or {}).get("body", ""))
        ours = set(self.chain(self.by_id.get(office)))
        return bool(ours & set(self.chain(decides)))


def outcome_of(home: Home, in_force: InForce, unit: UnitOfLaw, *, has: frozenset[str]) -> Outcome:
    """The rules on one unit."""
    members = [{"id": str(person), "facts": home.facts.persons.get(person, {})} for person in unit.members]
    said = Unit(members, home.facts.household, subject=str(unit.beneficiary))
    return in_force.ruleset.determine(said, on=home.on, has=has)


def condition(home: Home, formula: str, programme: Programme, person: UUID) -> bool | None:
    """Whether a formula of the rules' language holds for a person, or for their household where the programme is for
    several together; None while it is not known.
    """
    in_force = rulesets_in_force(home.on).get(programme.code)
    if in_force is None:
        return None
    text = Ruleset.objects.values_list("text", flat=True).get(pk=in_force.id)
    ruleset = load_ruleset(with_clause(text, formula), rules_catalogue())
    members = [{"id": str(p), "facts": home.facts.persons.get(p, {})} for p, _ in home.house.members]
    outcome = ruleset.determine(Unit(members, home.facts.household, subject=str(person)), on=home.on)
    return outcome.clauses[0].holds


TOP = re.compile(r"^([a-z_]+):")
KEPT = {"code", "unit", "law", "parameters", "derive"}


def with_clause(text: str, formula: str) -> str:
    """A ruleset's document with one clause instead of its own: its figures and parameters may be named in it."""
    kept, keep = [], True
    for line in text.splitlines():
        if top := TOP.match(line):
            keep = top[1] in KEPT
        if keep:
            kept.append(line)
    clause = json.dumps({"id": "only", "when": formula, "because": {"en": "-"}})
    return "\n".join([*kept, "clauses:", f"  - {clause}", ""])


def answers(
    home: Home, *, bodies: Bodies, granted: frozenset[str], programmes: Sequence[Programme] | None = None
) -> list[Answer]:
    """Each programme for each of its units, in the pack's order. A programme without rules in force has none.

    `granted`: programmes that a signed decision grants; those found entitled before count for those after them.
    """
    declared = pack().settings.get("units", {})
    found: list[Answer] = []
    has = set(granted)
    for programme, in_force in _with_rules(programmes, home.on):
        units = derive(programme.unit, declared, home.house)
        if not units:
            found.append(_for_nobody(home, programme, in_force, declared, bodies))
        for unit in units:
            outcome = outcome_of(home, in_force, unit, has=frozenset(has - {programme.code}))
            found.append(_answer(home, programme, in_force, unit, outcome, bodies))
        if any(each.entitled for each in found if each.programme is programme):
            has.add(programme.code)
    return found


def _with_rules(programmes: Sequence[Programme] | None, on: date) -> list[tuple[Programme, InForce]]:
    """These programmes, or all that are offered on the day, each with its rules; those without rules are left out."""
    if programmes is None:
        return offered(on)
    rules = rulesets_in_force(on)
    return [(programme, rules[programme.code]) for programme in programmes if programme.code in rules]


def _answer(
    home: Home, programme: Programme, in_force: InForce, unit: UnitOfLaw, outcome: Outcome, bodies: Bodies
) -> Answer:
    entitled = outcome.status == ENTITLED
    return Answer(
        status=outcome.status, amount=outcome.amount, bounds=outcome.amount_bounds, period=outcome.period,
        starts_on=_derived_day(outcome, "starts_on") if entitled else None,
        ends_on=_derived_day(outcome, "ends_on") if entitled else None,
        clauses=[clause_answer(clause._asdict()) for clause in outcome.clauses],
        missing=[_missing(m, home.household.pk) for m in outcome.missing], beneficiary_id=unit.beneficiary,
        beneficiary=home.names.get(unit.beneficiary, ""), applicant_id=unit.applicant, unit=unit, outcome=outcome,
        **_duties(home, programme, in_force, bodies),
    )  # fmt: skip


def _for_nobody(
    home: Home, programme: Programme, in_force: InForce, declared: Mapping[str, Any], bodies: Bodies
) -> Answer:
    """The pack says whom the programme is for, and nobody here is: a refusal with that as its only clause."""
    said = declaration(programme.unit, declared)
    clause = clause_answer(
        {
            "id": "unit", "holds": False, "because": said.get("nobody") or said["title"], "values": {},
            "law": said.get("law") or programme.law,
        }
    )  # fmt: skip
    return Answer(
        status=NOT_ENTITLED, amount=None, bounds=None, period=in_force.ruleset.period, starts_on=None, ends_on=None,
        clauses=[clause], missing=[], beneficiary_id=None, beneficiary="", applicant_id=None, unit=None, outcome=None,
        **_duties(home, programme, in_force, bodies),
    )  # fmt: skip


def _duties(home: Home, programme: Programme, in_force: InForce, bodies: Bodies) -> dict[str, Any]:
    duties = programme.duties
    return {
        "programme": programme, "decided_by": bodies.who(duties.get("decides")),
        "signed_by": bodies.who(duties.get("signs")), "paid_by": bodies.who(duties.get("pays")),
        "local": bodies.local(programme, home.household.office_id), "terms": programme.terms, "in_force": in_force,
    }  # fmt: skip


def _derived_day(outcome: Outcome, name: str) -> date | None:
    """A day that the rules derive under a name that rooms know: `starts_on`, `ends_on`."""
    found = outcome.derived.get(name)
    return date.fromisoformat(found) if isinstance(found, str) else None


def _missing(missing: Any, household: UUID) -> Missing:
    if missing.member_id is None:
        return Missing(missing.fact, "household", household)
    return Missing(missing.fact, "person", UUID(missing.member_id))


def shown(found: Iterable[Answer]) -> list[Answer]:
    """What an officer wants to see: of a programme, every unit that is entitled, and the nearest of those that
    questions can still decide; where it is for none, the nearest miss.

    Entitled first, then what questions can decide, then what the rules refuse; in the pack's order within each.
    """
    by_programme: dict[str, list[Answer]] = {}
    for answer in found:
        by_programme.setdefault(answer.programme.code, []).append(answer)
    kept: list[Answer] = []
    for group in by_programme.values():
        entitled = [answer for answer in group if answer.status == ENTITLED]
        unknown = sorted((a for a in group if a.status == UNKNOWN), key=lambda answer: len(answer.missing))[:1]
        kept += entitled + unknown or [min(group, key=lambda answer: len(answer.failing))]
    return sorted(kept, key=lambda answer: ORDER[answer.status])


def questions(found: Sequence[Answer], names: Mapping[UUID, str], household: UUID) -> list[QuestionToAsk]:
    """Which facts to ask for, in the order in which the fewest decide the most; then what amounts still need."""
    code_of = {f"{n}": answer.programme.code for n, answer in enumerate(found)}
    # The engine tells programmes apart by code; two units of one programme are two questions' worth of waiting.
    waiting = [
        SimpleNamespace(ruleset=SimpleNamespace(code=f"{n}"), status=answer.status, missing=answer.outcome.missing)
        for n, answer in enumerate(found)
        if answer.status == UNKNOWN and answer.outcome is not None
    ]
    asked = [
        (_missing(q, household), [code_of[c] for c in q.decides], [code_of[c] for c in q.helps])
        for q in fewest_questions(waiting)
    ]
    known_already = {missing for missing, *_ in asked}
    for answer in found:
        for missing in answer.missing if answer.status == ENTITLED else ():
            if missing not in known_already:
                known_already.add(missing)
                asked.append((missing, [], [answer.programme.code]))
    return [
        _question(missing, list(dict.fromkeys(decides)), list(dict.fromkeys(helps)), names)
        for missing, decides, helps in asked
        if missing.fact in fact_definitions()
    ]


def _question(missing: Missing, decides: list[str], helps: list[str], names: Mapping[UUID, str]) -> QuestionToAsk:
    fact = fact_definitions()[missing.fact]
    return QuestionToAsk(
        fact=missing.fact, subject_kind=missing.subject_kind, subject_id=missing.subject_id,
        subject=names.get(missing.subject_id, ""), text=fact.question or fact.title, help=fact.help, type=fact.type,
        codes=[(row.code, row.title) for row in codes(fact.code_list)] if fact.code_list else [],
        currency=fact.currency, sensitive=fact.sensitive, decides=decides, helps=helps,
    )  # fmt: skip


__all__ = ["Bodies", "Home", "answers", "condition", "members_of", "outcome_of", "questions", "read_home", "shown"]
