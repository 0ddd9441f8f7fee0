"""What is offered, and its written rules: drafted, tried on their cases, published by a second person."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from vatra.engines.rules import load_ruleset
from vatra.foundation.access.queries import require
from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.queries import offices
from vatra.foundation.catalogue.commands import revise
from vatra.foundation.worklist.commands import open_item
from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.policy.models import Node

from .cases import try_cases
from .models import Programme, Ruleset
from .queries import rules_catalogue, until
from .states import MOVES, RulesetState


@transaction.atomic
def define_programme(
    *, code: str, kind: str, title: dict[str, str], summary: dict[str, str], care_level: str, unit: str,
    duties: dict[str, Any], law: dict[str, Any], papers: list[dict[str, Any]], terms: dict[str, Any],
    serves: Iterable[tuple[str, str]], order: int = 0, extra: dict[str, Any] | None = None, actor: Actor, at: datetime,
) -> Programme:  # fmt: skip
    """People can ask for this from now on, or what is said about it changes. `serves`: (plan, node) codes.

    Refuses an objective that is in no plan. Rules come apart, by `draft_ruleset`.
    """
    said = {
        "kind": kind, "title": title, "summary": summary, "care_level": care_level, "unit": unit, "duties": duties,
        "law": law, "papers": papers, "terms": terms, "order": order, "extra": extra or {}, "retired_on": None,
    }  # fmt: skip
    programme, _ = Programme.objects.update_or_create(code=code, defaults=said)
    nodes = []
    for plan, node in serves:
        found = Node.objects.filter(plan__code=plan, code=node).first()
        if found is None:
            raise Refused(
                "no_such_node",
                gettext_noop("The programme “%(code)s” serves “%(node)s”, which is not in the plan “%(plan)s”."),
                gettext_noop("Define the objective first."),
                code=code, node=node, plan=plan,
            )  # fmt: skip
        nodes.append(found)
    programme.serves.set(nodes)
    record("programmes.defined", programme, actor=actor, at=at, code=code)
    revise()
    return programme


@transaction.atomic
def retire_programme(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """Nobody can apply for it from this day; what was decided under it stands."""
    programme = Programme.objects.get(code=code)
    Programme.objects.filter(pk=programme.pk, retired_on=None).update(retired_on=on)
    record("programmes.retired", programme, actor=actor, at=at, on=on.isoformat())
    revise()


@transaction.atomic
def draft_ruleset(*, programme: Programme, text: str, cases: str, actor: Actor, at: datetime) -> Ruleset:
    """A new version of the rules is written down; nothing changes for anybody.

    Raises NoGrant for who may not draft. Refuses a text that the checker refuses (with every problem), and one that
    is of another programme.
    """
    require(actor, "programmes.draft")
    ruleset = load_ruleset(text, rules_catalogue())
    if ruleset.code != programme.code:
        raise Refused(
            "rules_of_another_programme",
            gettext_noop("These are the rules of “%(theirs)s”, not of “%(ours)s”."),
            gettext_noop("Correct “code” in the first lines of the rules."),
            theirs=ruleset.code, ours=programme.code,
        )  # fmt: skip
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = Ruleset.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    draft = Ruleset.objects.create(
        programme=programme, number=last + 1, text=text, cases=cases, digest=digest_of(text),
        drafted_by=actor.as_json(), drafted_at=at,
    )  # fmt: skip
    record("programmes.ruleset_drafted", draft, actor=actor, at=at, programme=programme.code, number=draft.number)
    return draft


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish_ruleset(*, ruleset: Ruleset, effective_from: date, actor: Actor, at: datetime, today: date) -> Ruleset:
    """The rules are in force from a day on, until a later version's day; published rules never change.

    Raises NoGrant for who may not publish. Refuses the person who drafted them, rules without cases or whose cases fail, and a day from which another
    version is in force. When other rules were in force on that day, the announcement says so, with the days whose
    determinations must be taken again, and the work waits in every office; the room of benefits lists them.
    """
    require(actor, "programmes.publish")
    draft = Ruleset.objects.select_for_update().select_related("programme").get(pk=ruleset.pk)
    check_move(MOVES, source=RulesetState(draft.state), target=RulesetState.PUBLISHED)
    if draft.drafted_by["id"] == actor.id:
        raise Refused(
            "second_person",
            gettext_noop("Whoever drafted these rules cannot publish them."),
            gettext_noop("Ask a colleague who may publish rules."),
        )
    others = Ruleset.objects.filter(programme=draft.programme, state=RulesetState.PUBLISHED)
    if others.filter(effective_from=effective_from).exists():
        raise Refused(
            "ruleset_day_taken",
            gettext_noop("Another version is in force from %(day)s; two cannot begin on one day."),
            gettext_noop("Choose another day; published rules never change."),
            day=effective_from.isoformat(),
        )
    try_cases(draft.text, draft.cases, rules_catalogue())
    backdated = effective_from < today and others.exists()
    draft.state, draft.effective_from = RulesetState.PUBLISHED, effective_from
    draft.published_by, draft.published_at = actor.as_json(), at
    draft.save(update_fields=["state", "effective_from", "published_by", "published_at"])
    ends = until(draft)
    record(
        "programmes.ruleset_published", draft, actor=actor, at=at, programme=draft.programme.code, number=draft.number,
        effective_from=effective_from.isoformat(), backdated=backdated, until=ends.isoformat() if ends else None,
    )  # fmt: skip
    if backdated:
        _ask_to_take_again(draft, at)
    revise()
    return draft


def _ask_to_take_again(published: Ruleset, at: datetime) -> None:
    """Determinations were made under older rules for days that these now cover: somebody must look at them."""
    ref = Ref("programmes.ruleset", published.pk)
    values = {
        "programme": published.programme.title, "code": published.programme.code, "number": published.number,
        "effective_from": str(published.effective_from),
    }  # fmt: skip
    for office in offices():
        open_item(
            key=f"programmes.backdated:{published.pk}:{office.pk}", kind="programmes.backdated", ref=ref,
            office=office.pk, action="benefits.draft", values=values, at=at,
        )  # fmt: skip


@transaction.atomic
def withdraw_ruleset(*, ruleset: Ruleset, because: str, actor: Actor, at: datetime) -> Ruleset:
    """A draft will not be published. Refuses published rules: a newer version supersedes those."""
    require(actor, "programmes.draft")
    draft = Ruleset.objects.select_for_update().get(pk=ruleset.pk)
    check_move(MOVES, source=RulesetState(draft.state), target=RulesetState.WITHDRAWN)
    draft.state = RulesetState.WITHDRAWN
    draft.save(update_fields=["state"])
    record("programmes.ruleset_withdrawn", draft, actor=actor, at=at, because=because)
    return draft
