"""Facts: what became known. A fact is never edited; a newer one supersedes it for the period that it covers."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.rows import FactRow
from vatra.foundation.catalogue.values import definition_of, to_columns
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..drafts import NewFact
from ..models import Fact, Household, Identity, Person
from ..reach import households_of, id_of
from ..temporal import check_period
from .keys import write_keys

SOURCES = {"declared", "document", "register", "form", "import", "decision"}
CLOCKS_APART = timedelta(minutes=5)
SubjectKey = tuple[str, UUID]  # "person" or "household", and the id


@transaction.atomic
def record_facts(
    *, facts: Iterable[NewFact], source: str, source_ref: Ref | None = None, actor: Actor, at: datetime
) -> list[Fact]:
    """These things are known from `at` on. What was known for the same days is superseded; what was known for other
    days, and what anybody knew before `at`, stays as it was.

    All or none. Refuses, naming the fact and the way out: a fact that the catalogue does not have, a value that is
    not one of it, a fact of a household about a person, a period that ends before it begins. Raises DoesNotExist for
    a subject that the actor may not work on.
    """
    facts = list(facts)
    if source not in SOURCES:
        raise ValueError(f"unknown source of facts: {source}")
    if not facts:
        return []
    facts = _reached(facts, actor)
    made = write_facts(facts, source=source, source_ref=source_ref, actor=actor, at=at)
    _announce(made, source=source, actor=actor, at=at)
    _show_identity(facts)
    return made


def write_facts(
    facts: Iterable[NewFact], *, source: str, source_ref: Ref | None, actor: Actor, at: datetime
) -> list[Fact]:
    """Write without asking who may, and without announcing: for this room's own commands."""
    facts = list(facts)
    live = _live([(_key(fact), fact.code) for fact in facts])
    at = _after_what_is_known(live, at)
    superseded: list[Fact] = []
    new: list[Fact] = []
    answer: list[Fact] = []
    for fact in facts:
        rows = live[_key(fact), fact.code]
        made = _row(fact, source=source, source_ref=source_ref, actor=actor, at=at)
        for old in [row for row in rows if _overlap(row, made)]:
            rows.remove(old)
            if old.pk is None:
                new.remove(old)
                answer = [row for row in answer if row is not old]
            else:
                old.superseded_at = at
                superseded.append(old)
            rests = _rests(old, made, at)
            rows += rests
            new += rests
        rows.append(made)
        new.append(made)
        answer.append(made)
    Fact.objects.bulk_update(superseded, ["superseded_at"])
    Fact.objects.bulk_create(new)
    return answer


@transaction.atomic
def retract_fact(*, fact: int, because: str, actor: Actor, at: datetime) -> Fact:
    """The fact was wrong and nothing takes its place: for its days it is not known any more, from now on.

    What it superseded does not come back by itself: record it again if it holds.
    Raises Fact.DoesNotExist where the actor may not work on its subject; refuses without a reason.
    """
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the fact is wrong."))
    row = Fact.objects.get(pk=fact)
    model, id_ = (Person, row.person_id) if row.person_id else (Household, row.household_id)
    if not model.objects.visible_to(actor, "people.record").filter(pk=id_).exists():
        raise Fact.DoesNotExist
    changed = Fact.objects.filter(pk=fact, superseded_at=None, retracted_at=None).update(
        retracted_at=max(at, row.recorded_at)
    )
    if not changed:
        raise Refused(
            "fact_not_current",
            gettext_noop("This fact is not the current one any more."),
            gettext_noop("Open the household again and look at what is known now."),
        )
    row.refresh_from_db()
    _announce([row], source=row.source, actor=actor, at=at, kind="people.fact_retracted", because=because)
    return row


def _key(fact: NewFact) -> SubjectKey:
    return _kind(fact.subject), id_of(fact.subject)


def _kind(subject: Person | Household | Ref) -> str:
    if isinstance(subject, Ref):
        return subject.kind.removeprefix("people.")
    return "person" if isinstance(subject, Person) else "household"


def _reached(facts: list[NewFact], actor: Actor) -> list[NewFact]:
    """The same facts, about the persons that stand for merged ones; every subject locked and within the reach."""
    wanted: dict[str, set[UUID]] = {"person": set(), "household": set()}
    for fact in facts:
        wanted[_kind(fact.subject)].add(id_of(fact.subject))
    standing: dict[SubjectKey, UUID] = {}
    if wanted["person"]:
        rows = Person.objects.visible_to(actor, "people.record").select_for_update(of=("self",))
        found = rows.filter(pk__in=wanted["person"]).order_by("pk").values_list("pk", "canonical_id", "erased_at")
        for pk, canonical, erased_at in found:
            if erased_at:
                raise Refused("erased", gettext_noop("This person was erased; nothing more is recorded about them."))
            standing["person", pk] = canonical
    if wanted["household"]:
        rows = Household.objects.visible_to(actor, "people.record").select_for_update(of=("self",))
        found = rows.filter(pk__in=wanted["household"]).order_by("pk").values_list("pk", flat=True)
        standing |= {("household", pk): pk for pk in found}
    for kind, model in (("person", Person), ("household", Household)):
        if any((kind, id_) not in standing for id_ in wanted[kind]):
            raise model.DoesNotExist
    return [
        NewFact(
            Ref(f"people.{_kind(f.subject)}", standing[_key(f)]), f.code, f.value, f.valid_from, f.valid_to, f.question
        )
        for f in facts
    ]


def _live(wanted: list[tuple[SubjectKey, str]]) -> dict[tuple[SubjectKey, str], list[Fact]]:
    """What stands in the books now about these subjects and codes."""
    persons = {id_ for (kind, id_), _ in wanted if kind == "person"}
    households = {id_ for (kind, id_), _ in wanted if kind == "household"}
    rows = Fact.objects.filter(
        Q(person__in=persons) | Q(household__in=households),
        definition__in={code for _, code in wanted},
        superseded_at=None,
        retracted_at=None,
    )
    found: dict[tuple[SubjectKey, str], list[Fact]] = defaultdict(list)
    for row in rows:
        key = ("person", row.person_id) if row.person_id else ("household", row.household_id)
        found[key, row.definition_id].append(row)
    return found


def _after_what_is_known(live: dict[tuple[SubjectKey, str], list[Fact]], at: datetime) -> datetime:
    """Two clocks may differ by a little; what was known at any past instant must still never change."""
    latest = max((row.recorded_at for rows in live.values() for row in rows), default=at)
    if latest - at > CLOCKS_APART:
        raise ValueError(f"a fact recorded at {latest} cannot be superseded at {at}, before it was known")
    return max(at, latest)


def _row(fact: NewFact, *, source: str, source_ref: Ref | None, actor: Actor, at: datetime) -> Fact:
    definition: FactRow = definition_of(fact.code)
    kind, id_ = _key(fact)
    if definition.subject != kind:
        raise Refused(
            "fact_of_another_subject",
            gettext_noop("“%(fact)s” is known about a %(right)s, not about a %(wrong)s."),
            gettext_noop("Record it on the household page, in the right place."),
            fact=fact.code, right=definition.subject, wrong=kind,
        )  # fmt: skip
    check_period(fact.valid_from, fact.valid_to)
    number, text = to_columns(definition, fact.value)
    return Fact(
        person_id=id_ if kind == "person" else None, household_id=id_ if kind == "household" else None,
        definition_id=fact.code, number=number, text=text, valid_from=fact.valid_from, valid_to=fact.valid_to,
        recorded_at=at, source=source, source_kind=source_ref.kind if source_ref else "",
        source_id=source_ref.id if source_ref else None, question=fact.question, actor=actor.as_json(),
    )  # fmt: skip


def _overlap(old: Fact, new: Fact) -> bool:
    return (new.valid_to is None or old.valid_from < new.valid_to) and (
        old.valid_to is None or new.valid_from < old.valid_to
    )


def _rests(old: Fact, new: Fact, at: datetime) -> list[Fact]:
    """The days of the old fact that the new one does not cover, restated."""
    rests = []
    if old.valid_from < new.valid_from:
        rests.append(_restated(old, old.valid_from, new.valid_from, at))
    if new.valid_to is not None and (old.valid_to is None or new.valid_to < old.valid_to):
        rests.append(_restated(old, new.valid_to, old.valid_to, at))
    return rests


def _restated(old: Fact, start: date, stop: date | None, at: datetime) -> Fact:
    rest = copy(old)
    rest._state = type(old._state)()
    rest.pk, rest.superseded_at, rest.recorded_at = None, None, at
    rest.valid_from, rest.valid_to = start, stop
    rest.restates_id = old.restates_id or old.pk  # a rest of a rest points to what was really said
    return rest


def _announce(
    made: list[Fact], *, source: str, actor: Actor, at: datetime, kind: str = "people.facts_recorded", **more: str
) -> None:
    """One announcement for each household concerned; for a person without one, about the person."""
    homes = households_of({row.person_id for row in made if row.person_id}, at)
    groups: dict[Ref, list[Fact]] = defaultdict(list)
    for row in made:
        if row.household_id:
            groups[Ref("people.household", row.household_id)].append(row)
            continue
        for home in homes.get(row.person_id, []):
            groups[Ref("people.household", home)].append(row)
        if row.person_id not in homes:
            groups[Ref("people.person", row.person_id)].append(row)
    for ref, rows in groups.items():
        record(
            kind, ref, actor=actor, at=at, about=[row.person_id for row in rows if row.person_id],
            codes=sorted({row.definition_id for row in rows}), source=source,
            household=str(ref.id) if ref.kind == "people.household" else None, **more,
        )  # fmt: skip


def _show_identity(facts: list[NewFact]) -> None:
    """Birth, sex and death are shown and searched by identity; it follows the facts of the same name."""
    for fact in facts:
        if _kind(fact.subject) != "person" or fact.code not in {"birth_date", "birth_year", "sex", "died_on"}:
            continue
        changes = {fact.code: fact.value}
        if fact.code == "birth_date":
            changes["birth_year"] = fact.value.year
        Identity.objects.filter(person=id_of(fact.subject)).update(**changes)
        if "birth_year" in changes:
            write_keys(Person.objects.get(pk=id_of(fact.subject)))
