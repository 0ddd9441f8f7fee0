"""Finding people, by the same keys and the same ranking as the batch; and the likely duplicates of a draft.

Four queries at most: the actor's grants, candidates, the persons with their households, what is written about them.
Who is sealed has no keys, so a search does not touch them at all; whoever is tied to sealed persons has these few
among their candidates every time, whatever they search.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from vatra.engines.names import Candidate, Query, Reason, fold, lookup_sql, query_keys, rank, wanted
from vatra.foundation.access.models import RelationshipGrant
from vatra.foundation.access.queries import grants_read_once
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.refused import NoGrant

from .. import vault
from ..drafts import PersonDraft
from ..models import Household, Identifier, Membership, NameKey, Person

HOME = {"household", "number", "area"}
LOOKED_UP = 120  # candidates that are read and ranked
TIED = 200  # sealed persons tied to one actor that take part in their search
DUPLICATE_FROM = 0.5
FAR_BEHIND = 0.15  # a hit with less than this share of the best one's likelihood only hides it
BY_IDENTIFIER = 1000.0  # weights beyond what any number of name keys adds up to
BY_HOUSEHOLD = 100_000.0

Texts = dict[UUID, dict[str, list[str]]]  # record → kind → what is written


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found, the household to open, and why."""

    person_id: UUID
    household_id: UUID | None
    household_number: str
    name: str
    birth_year: int | None
    birth_date: date | None
    area_name: dict[str, str] | None  # {language: text}
    masked_identifier: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> list[str]:
        """The reasons in the reader's language, strongest first."""
        return [reason.sentence(gettext) for reason in self.reasons[:5]]


def search(text: str, *, actor: Actor, limit: int = 20, today: date | None = None) -> list[Hit]:
    """People the actor may see, the likeliest first, by name in any script, birth year or age (with `today`), phone,
    identifier or household number. What they may not see is neither found nor counted. Raises NoGrant.
    """
    with grants_read_once():
        hits = _found([(query_keys(text, today=today), [])], actor, limit, today=today)[0]
    return [hit for hit in hits if hit.score >= hits[0].score * FAR_BEHIND]


def likely_duplicates(draft: PersonDraft, *, actor: Actor, limit: int = 5) -> list[Hit]:
    """Who is perhaps the person being registered, among those the actor may see."""
    return likely_duplicates_of([draft], actor=actor, limit=limit)[0]


def likely_duplicates_of(drafts: Iterable[PersonDraft], *, actor: Actor, limit: int = 5) -> list[list[Hit]]:
    """The likely duplicates of each draft, in their order; for a whole household still four queries."""
    wishes = [(_wish(draft), [value for _, value, _ in draft.identifiers]) for draft in drafts]
    with grants_read_once():
        found = _found(wishes, actor, limit)
    return [[hit for hit in hits if hit.score >= DUPLICATE_FROM] for hits in found]


def _wish(draft: PersonDraft) -> Query:
    parents = {k: v for k, v in (("father", draft.father), ("mother", draft.mother)) if v.strip()}
    return wanted(
        draft.name, birth_date=draft.birth_date, birth_year=draft.birth_year, phones=draft.phones,
        sex=draft.sex or None, relatives_names=parents,
    )  # fmt: skip


def _found(
    wishes: list[tuple[Query, list[str]]], actor: Actor, limit: int, today: date | None = None
) -> list[list[Hit]]:
    """The first hits of each wish (a query and further identifiers), best first."""
    visible = Person.objects.visible_to(actor, "people.view")
    asked = [
        (query, [n for n in (*query.identifiers, *numbers) if vault.normal_identifier(n)]) for query, numbers in wishes
    ]
    if not any(query.keys or numbers for query, numbers in asked):
        return [[] for _ in asked]
    homes = _homes(actor)
    weights = _look_up(asked, visible, homes, _tied(visible, actor))
    people = _people({record for found in weights for record in found}, visible)
    texts = _texts(people, homes, today)
    return [_hits(query, found, people, texts, limit) for (query, _), found in zip(asked, weights, strict=True)]


def _hits(
    query: Query, weights: dict[UUID, float], people: dict[UUID, dict[str, Any]], texts: Texts, limit: int
) -> list[Hit]:
    """The likeliest candidates of one query, each with its reasons."""
    mine = [person for person in people.values() if any(record in weights for record in person["records"])]
    mine.sort(
        key=lambda person: (person["joined"] or math.inf, str(person["id"]))
    )  # of equals, whoever was written first
    found = []
    for ranked in rank(query, [_candidate(person, texts, weights) for person in mine]):
        person = people[ranked.candidate_id]
        weight = sum(weights.get(record, 0.0) for record in person["records"])
        if weight >= BY_HOUSEHOLD:
            found.append((0.99, person, ranked, [Reason("household_number_same", {"theirs": person["number"]})]))
        elif weight or _asked_for(ranked.reasons):
            found.append((ranked.score, person, ranked, []))
    found.sort(key=lambda one: -one[0])
    return [
        _hit(person, texts, score, (*first, *_as_written(ranked.reasons, person, texts)))
        for score, person, ranked, first in found[:limit]
    ]


def _as_written(reasons: Iterable[Reason], person: dict[str, Any], texts: Texts) -> tuple[Reason, ...]:
    """Names in reasons as they stand in the record, not folded."""
    written = {
        fold(word): word
        for record in person["records"]
        for name in texts.get(record, {}).get("name", [])
        for word in name.split()
    }
    return tuple(
        Reason(r.code, r.values | {"theirs": written.get(r.values["theirs"], r.values["theirs"])})
        if "theirs" in r.values
        else r
        for r in reasons
    )


def _asked_for(reasons: list[Reason]) -> bool:
    """Whether a sealed person, whom no key found, is the one who was meant."""
    return any(not reason.against for reason in reasons) and all(r.code != "name_part_missing" for r in reasons)


def _candidate(person: dict[str, Any], texts: Texts, weights: dict[UUID, float]) -> Candidate:
    said = [texts[record] for record in person["records"] if record in texts]
    return Candidate(
        id=person["id"], names=[name for t in said for name in t["name"]], birth_date=person["birth_date"],
        birth_year=person["birth_year"], phones=[phone for t in said for phone in t["phone"]],
        identifiers_match=any(BY_IDENTIFIER <= weights.get(r, 0.0) < BY_HOUSEHOLD for r in person["records"]),
        sex=person["sex"] or None, relatives_names={k: t[k][0] for t in said for k in ("father", "mother") if t[k]},
    )  # fmt: skip


def _hit(person: dict[str, Any], texts: Texts, score: float, reasons: tuple) -> Hit:
    masked = [m for record in person["records"] if record in texts for m in texts[record]["masked"]]
    return Hit(
        person_id=person["id"], household_id=person["household"], household_number=person["number"] or "",
        name=person["name"], birth_year=person["birth_year"], birth_date=person["birth_date"],
        area_name=person["area"], masked_identifier=masked[0] if masked else "", score=score, reasons=reasons,
    )  # fmt: skip


def _homes(actor: Actor) -> QuerySet[Household]:
    try:
        return Household.objects.visible_to(actor, "people.view")
    except NoGrant:  # tied to single persons only
        return Household.objects.none()


def _tied(visible: QuerySet[Person], actor: Actor) -> QuerySet[Person]:
    """The sealed persons whom the actor is tied to: found from the ties, so that other seals cost nothing."""
    if actor.kind is not ActorKind.POST:
        return visible.none()
    ties = RelationshipGrant.objects.filter(user_id=actor.id, ref_kind="people.person")
    return visible.filter(sealed_at__isnull=False, pk__in=ties.values("ref_id")).order_by("pk")


def _look_up(
    asked: list[tuple[Query, list[str]]],
    visible: QuerySet[Person],
    homes: QuerySet[Household],
    tied: QuerySet[Person],
) -> list[dict[UUID, float]]:
    """For each query, record → weight, heaviest first, of persons the actor may see. One statement for all."""
    branches: list[str] = []
    params: list[Any] = []
    for turn, (query, numbers) in enumerate(asked):
        if query.keys:
            predicate, needs = _compiled(visible.filter(pk=RawSQL("k.person_id", ())).values("pk"))
            sql, keys = lookup_sql(
                query, table=NameKey._meta.db_table, visible=f"EXISTS ({predicate})", visible_params=needs, limit=LOOKED_UP,
                lateral=connection.vendor == "postgresql",
            )  # fmt: skip
            branches.append(f"SELECT {turn} AS turn, person, weight FROM ({sql}) named{turn}")
            params += keys
        for weight, column, rows in _other_ways(visible, homes, tied, numbers):
            try:
                sql, needs = _compiled(rows)
            except EmptyResultSet:
                continue
            branches.append(f"SELECT {turn} AS turn, o.{column} AS person, {weight} AS weight FROM ({sql}) o")
            params += needs
    found: list[dict[UUID, float]] = [{} for _ in asked]
    if branches:
        union = " UNION ALL ".join(branches)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT turn, person, sum(weight) FROM ({union}) c GROUP BY turn, person ORDER BY 3 DESC, 2", params
            )
            for turn, person, weight in cursor.fetchall():
                found[turn][_uuid(person)] = float(weight)
    return found


def _other_ways(
    visible: QuerySet[Person], homes: QuerySet[Household], tied: QuerySet[Person], numbers: list[str]
) -> list[tuple[float, str, QuerySet]]:
    """By identifier, by household number, and the sealed persons whom the actor is tied to."""
    sealed = tied.values("id")[:TIED]
    if not numbers:
        return [(0.0, "id", sealed)]
    carried = Identifier.objects.filter(
        person__in=visible.values("pk"), blind__in=[vault.blind(n) for n in numbers], superseded_at=None
    )
    inside = Membership.objects.filter(
        person__in=visible.values("pk"), household__in=homes.filter(number__in=[n.upper() for n in numbers]).values("pk"),
        superseded_at=None, valid_to=None,
    )  # fmt: skip
    return [
        (BY_IDENTIFIER, "person_id", carried.values("person_id").distinct()),
        (BY_HOUSEHOLD, "person_id", inside.values("person_id").distinct()),
        (0.0, "id", sealed),
    ]


def _compiled(rows: QuerySet) -> tuple[str, list[Any]]:
    sql, params = rows.query.sql_with_params()
    return sql, list(params)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _people(found: Iterable[UUID], visible: QuerySet[Person]) -> dict[UUID, dict[str, Any]]:
    """The persons who stand for these records, by id, with all their records. One query.

    A merged record shows the person that stands for it, and only where that person may be seen.
    """
    rows = (
        Person.objects.filter(canonical_id__in=Person.objects.filter(pk__in=list(found)).values("canonical_id"))
        .filter(Exists(visible.filter(pk=OuterRef("canonical_id"))), erased_at=None)
        .values_list(
            "id", "canonical_id", "identity__display_name", "identity__birth_date", "identity__birth_year",
            "identity__sex",
        )
    )  # fmt: skip
    people: dict[UUID, dict[str, Any]] = {}
    for record, canonical, name, birth_date, birth_year, sex in rows:
        blank = {"id": canonical, "records": [], "household": None, "number": "", "area": None, "joined": 0}
        person = people.setdefault(canonical, blank)
        person["records"].append(record)
        if record == canonical:
            person |= {"name": name, "birth_date": birth_date, "birth_year": birth_year, "sex": sex}
    return people


# Written by hand: the same through the ORM takes longer to put together than to answer. The records are named once.
_PARTS = """
WITH r(id) AS (VALUES {records})
SELECT n.person_id, 'name', n."full", n.id FROM people_name n JOIN r ON r.id = n.person_id WHERE n.superseded_at IS NULL
UNION ALL
SELECT n.person_id, 'father', n.father, n.id FROM people_name n JOIN r ON r.id = n.person_id
WHERE n.superseded_at IS NULL AND n.father <> ''
UNION ALL
SELECT n.person_id, 'mother', n.mother, n.id FROM people_name n JOIN r ON r.id = n.person_id
WHERE n.superseded_at IS NULL AND n.mother <> ''
UNION ALL
SELECT c.person_id, 'phone', c.value, c.id FROM people_contact c JOIN r ON r.id = c.person_id
WHERE c.superseded_at IS NULL AND c.kind = 'phone'
UNION ALL
SELECT i.person_id, 'masked', i.masked, i.id FROM people_identifier i JOIN r ON r.id = i.person_id
WHERE i.superseded_at IS NULL
"""
_HOMES = """
UNION ALL
SELECT m.person_id, {kind}, {column}, m.id FROM people_membership m JOIN r ON r.id = m.person_id
JOIN people_household h ON h.id = m.household_id LEFT JOIN places_area a ON a.id = h.area_id
WHERE m.superseded_at IS NULL AND (m.valid_to IS NULL OR m.valid_to > {today}) AND EXISTS ({mine})
"""
_HOME_COLUMNS = {"household": "CAST(h.id AS varchar(36))", "number": "h.number", "area": "CAST(a.name AS text)"}


def _texts(people: dict[UUID, dict[str, Any]], homes: QuerySet[Household], today: date | None) -> Texts:
    """What is written about these people: names, parents' names, telephones, masked identifiers; and puts with each
    the household that they joined last, of those the actor may see. One query.
    """
    records = {record: person for person in people.values() for record in person["records"]}
    if not records:
        return {}
    prepared = [Person._meta.pk.get_db_prep_value(record, connection) for record in records]
    sql, params = _PARTS.format(records=", ".join(["(%s)"] * len(prepared))), prepared
    with suppress(EmptyResultSet):  # where the actor may see no household at all
        mine, needs = _compiled(homes.filter(pk=RawSQL("m.household_id", ())).values("pk"))
        for kind, column in _HOME_COLUMNS.items():
            sql += _HOMES.format(kind=f"'{kind}'", column=column, today="%s", mine=mine)
            params += [(today or date.max).isoformat(), *needs]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = [(_uuid(record), kind, text, id_) for record, kind, text, id_ in cursor.fetchall()]
    found: Texts = {}
    lived = []
    for row in sorted(rows, key=lambda row: row[3]):
        record, kind, text, _ = row
        if kind in HOME:
            lived.append(row)
        elif text:
            found.setdefault(record, defaultdict(list))[kind].append(text)
    for record, kind, text, id_ in sorted(lived, key=lambda row: row[0] == records[row[0]]["id"]):
        _settle(records[record], kind, text, id_)
    return found


def _settle(person: dict[str, Any], kind: str, text: str | None, membership: int) -> None:
    """Rows come in the order of memberships, the person's own record last: the last one stands."""
    if membership != person["joined"]:
        person |= {"joined": membership, "household": None, "number": "", "area": None}
    if text:
        person[kind] = UUID(text) if kind == "household" else json.loads(text) if kind == "area" else text
