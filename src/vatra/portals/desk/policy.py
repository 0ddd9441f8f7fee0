"""Plans and programmes, to read: what the authority set out to do, and by which rules people are helped."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from vatra.foundation.catalogue.queries import zone
from vatra.journeys.policy_pages import outline
from vatra.kernel.days import day
from vatra.look.reading import FALLBACK, direction
from vatra.rooms.policy.queries import plans
from vatra.rooms.programmes.queries import programmes_in_order, rulesets_in_force
from vatra.rooms.programmes.sheet import ClauseRow, Part, sheet
from vatra.web.actions import needs, require


@needs("policy.view")
def policy(request: HttpRequest) -> HttpResponse:
    """The plan of the latest period; the others are a step away."""
    require(request.actor, "policy.view")
    known = plans()
    if not known:
        return render(request, "desk/policy.html", {"outline": None, "plans": []})
    return _plan(request, known[0].code)


@needs("policy.view")
def policy_plan(request: HttpRequest, code: str) -> HttpResponse:
    require(request.actor, "policy.view")
    return _plan(request, code)


def _plan(request: HttpRequest, code: str) -> HttpResponse:
    found = outline(code)
    if found is None:
        raise Http404
    return render(request, "desk/policy.html", {"outline": found, "plans": [p for p in plans() if p.code != code]})


@needs("programmes.view")
def programmes(request: HttpRequest) -> HttpResponse:
    """Everything that people can ask for here."""
    require(request.actor, "programmes.view")
    today = day(timezone.now(), zone())
    in_force = rulesets_in_force(today)
    rows = [(programme, in_force.get(programme.code)) for programme in programmes_in_order(on=today)]
    return render(request, "desk/programmes.html", {"rows": rows})


@needs("programmes.view")
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: stages, rules in words, figures with dates and laws, papers, terms, cases, versions."""
    require(request.actor, "programmes.view")
    found = sheet(code, on=day(timezone.now(), zone()))
    if found is None:
        raise Http404
    return render(request, "desk/programme.html", {"sheet": found, "clauses": [_in_words(c) for c in found.clauses]})


@dataclass(frozen=True)
class Worded:
    """A clause in the reader's language, or in the one that it exists in."""

    clause: ClauseRow
    language: str
    direction: str
    parts: list[Part]


def _in_words(clause: ClauseRow) -> Worded:
    reader = (get_language() or "en").split("-")[0]
    languages = (reader, *FALLBACK, *clause.said)
    language = next(one for one in languages if clause.said.get(one))
    return Worded(clause, language, direction(language), clause.said[language])
