"""What is offered on a day, and by which rules."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from vatra.engines.rules import Catalogue, RuleSet, load_ruleset
from vatra.foundation.catalogue.queries import FACT_FIELDS, calendar, currencies, definitions
from vatra.foundation.catalogue.rows import Definitions

from .models import Programme, Ruleset
from .rulebook import catalogue_of
from .states import RulesetState

MAX_COMPILED = 200

_catalogue: tuple[Definitions, Catalogue] | None = None
_compiled: OrderedDict[tuple[int, str], RuleSet] = OrderedDict()


@dataclass(frozen=True)
class InForce:
    """The rules of a programme on a day, compiled, with the version that a determination freezes."""

    id: UUID
    number: int
    effective_from: date
    digest: str
    ruleset: RuleSet


def programmes_in_order(*, on: date | None = None) -> list[Programme]:
    """What people can ask for (on a day: what had not retired by then), in the pack's order. One query."""
    offered = Q(retired_on=None) | Q(retired_on__gt=on) if on else Q(retired_on=None)
    return list(Programme.objects.filter(offered).order_by("order", "code"))


def programme(code: str) -> Programme | None:
    return Programme.objects.filter(code=code).first()


def rulesets_in_force(on: date) -> dict[str, InForce]:
    """For each programme with rules in force on a day, those rules. One query when they are compiled already."""
    rows = (
        Ruleset.objects.filter(state=RulesetState.PUBLISHED, effective_from__lte=on)
        .order_by("effective_from")
        .values_list("programme__code", "pk", "number", "effective_from", "digest")
    )
    latest = {code: row for code, *row in rows}  # in the order of days: the last one wins
    return {
        code: InForce(pk, number, day, digest, compiled(pk, digest))
        for code, (pk, number, day, digest) in latest.items()
    }


def offered(on: date) -> list[tuple[Programme, InForce]]:
    """What people can ask for on a day, in the pack's order, each with the rules in force. One query, as above."""
    rows = (
        Ruleset.objects.filter(
            Q(programme__retired_on=None) | Q(programme__retired_on__gt=on),
            state=RulesetState.PUBLISHED, effective_from__lte=on,
        )
        .select_related("programme").defer("text", "cases").order_by("effective_from")
    )  # fmt: skip
    latest = {row.programme_id: row for row in rows}
    found = sorted(latest.values(), key=lambda row: (row.programme.order, row.programme.code))
    return [
        (row.programme, InForce(row.pk, row.number, row.effective_from, row.digest, compiled(row.pk, row.digest)))
        for row in found
    ]


def ruleset_in_force(programme: Programme | str, on: date) -> InForce | None:
    """The rules of one programme on a day; None before its first rules."""
    code = programme if isinstance(programme, str) else programme.code
    row = (
        Ruleset.objects.filter(programme__code=code, state=RulesetState.PUBLISHED, effective_from__lte=on)
        .order_by("-effective_from")
        .values_list("pk", "number", "effective_from", "digest")
        .first()
    )
    if row is None:
        return None
    pk, number, day, digest = row
    return InForce(pk, number, day, digest, compiled(pk, digest))


def until(published: Ruleset) -> date | None:
    """The day on which a later published version takes over, if there is one."""
    later = Ruleset.objects.filter(
        programme=published.programme_id, state=RulesetState.PUBLISHED, effective_from__gt=published.effective_from
    )
    return later.order_by("effective_from").values_list("effective_from", flat=True).first()


def compiled(pk: UUID, digest: str) -> RuleSet:
    """A ruleset ready to decide, kept by the digest of its text and the revision of the definitions."""
    catalogue = rules_catalogue()
    key = (id(catalogue), digest)  # what is kept holds its catalogue alive, so its id stays its own
    kept = _compiled.get(key)
    if kept is None:
        text = Ruleset.objects.values_list("text", flat=True).get(pk=pk)
        kept = _compiled[key] = load_ruleset(text, catalogue)
        if len(_compiled) > MAX_COMPILED:
            _compiled.popitem(last=False)
    return kept


def rules_catalogue() -> Catalogue:
    """The facts, shared parameters and programmes that rules may name, from the database; kept per revision."""
    global _catalogue
    found, kept = definitions(), _catalogue
    if kept is not None and kept[0] is found:
        return kept[1]
    made = catalogue_of(
        facts={code: {name: getattr(fact, name) for name in FACT_FIELDS} for code, fact in found.facts.items()},
        lists={code: list(rows) for code, rows in found.lists.items()},
        parameters=found.parameters,
        currencies=currencies(),
        programmes=Programme.objects.values_list("code", flat=True),
        calendar=calendar() if found.pack else None,
    )
    _compiled.clear()
    _catalogue = (found, made)
    return made


def versions(programme: Programme) -> QuerySet[Ruleset]:
    """Every version of a programme's rules, the latest first."""
    return Ruleset.objects.filter(programme=programme).order_by("-number")


def ruleset(pk: UUID) -> Ruleset | None:
    return Ruleset.objects.select_related("programme").filter(pk=pk).first()


def serving(node_ids: list[UUID]) -> dict[UUID, list[Programme]]:
    """Which programmes hang under which nodes of a plan. Two queries."""
    links = Programme.serves.through.objects.filter(node_id__in=node_ids).values_list("node_id", "programme_id")
    by_id = {p.pk: p for p in Programme.objects.filter(pk__in={pk for _n, pk in links}).order_by("order", "code")}
    found: dict[UUID, list[Programme]] = {}
    for node, pk in links:
        found.setdefault(node, []).append(by_id[pk])
    return found


def described(code: str) -> dict[str, Any] | None:
    """A programme as a pack says it; None if none is offered under this code."""
    found = Programme.objects.filter(code=code, retired_on=None).prefetch_related("serves__plan").first()
    if found is None:
        return None
    names = ("kind", "title", "summary", "care_level", "unit", "duties", "law", "papers", "terms", "order", "extra")
    serves = sorted([n.plan.code, n.code] for n in found.serves.all())
    return {name: getattr(found, name) for name in names} | {"serves": serves}
