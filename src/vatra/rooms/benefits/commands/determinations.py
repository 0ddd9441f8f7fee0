"""Freezing what the rules say."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..answers import Answer
from ..assessment import Bodies, answers, read_home
from ..models import Application, Determination
from ..queries.granted import granted_to
from .common import ID, about, locked_application


@transaction.atomic
def determine_application(*, application: Application | ID, actor: Actor, at: datetime) -> Determination:
    """Freeze what the rules say about an application on the day it was filed, as things are known now.

    Where nothing changed since the last one, that one stands and is returned. Otherwise the new one supersedes it.
    Refuses an application that another authority decides, and a programme without rules on that day.
    """
    found = locked_application(application, actor=actor, action="benefits.apply")
    local = Bodies.read().local(found.programme, found.office_id)
    if not local:
        raise Refused(
            "decided_elsewhere", gettext_noop("This authority does not decide “%(programme)s”: it is forwarded."),
            gettext_noop("Put the application on a list for the body that decides."), programme=found.programme.code,
        )  # fmt: skip
    return _freeze(found, actor=actor, at=at)


def determine_if_local(application: Application, *, local: bool, actor: Actor, at: datetime) -> Determination | None:
    return _freeze(application, actor=actor, at=at) if local else None


def still_holds(determined: Determination, *, at: datetime) -> bool:
    """Whether the rules say the same now as when this was frozen. Nothing is written."""
    application = determined.application
    return application is not None and digest_of(frozen_of(_answer(application, at))) == determined.digest


def latest(application: Application) -> Determination | None:
    return Determination.objects.filter(application=application).order_by("-determined_at", "-id").first()


def _freeze(application: Application, *, actor: Actor, at: datetime) -> Determination:
    answer = _answer(application, at)
    frozen = frozen_of(answer)
    digest = digest_of(frozen)
    last = latest(application)
    if last is not None and last.digest == digest:
        return last
    amount = answer.amount
    made = Determination(
        id=uuid7(at), programme=application.programme, ruleset_id=answer.in_force.id, household=application.household,
        beneficiary_id=application.beneficiary_id, application=application, on=application.filed_on, known_at=at,
        status=answer.status, amount=amount.minor if amount else None, currency=amount.currency if amount else "",
        period=answer.period if amount else "", starts_on=answer.starts_on, ends_on=answer.ends_on, frozen=frozen,
        digest=digest, supersedes=last, determined_at=at, actor=actor.as_json(),
    )  # fmt: skip
    made.save()
    record(
        "benefits.determined", made, actor=actor, at=at, about=about(application), status=made.status,
        application=str(application.pk), supersedes=str(last.pk) if last else None,
    )  # fmt: skip
    return made


def _answer(application: Application, at: datetime) -> Answer:
    """The programme for the unit to which the beneficiary belongs."""
    home = read_home(application.household, on=application.filed_on, known_at=at)
    granted = granted_to(application.household_id, on=application.filed_on)
    found = answers(home, bodies=Bodies.read(), granted=granted, programmes=[application.programme])
    for answer in found:
        if answer.unit and application.beneficiary_id in answer.unit.members:
            return answer
    raise Refused(
        "no_rules_for_this",
        gettext_noop("There are no rules of “%(programme)s” for this person on %(day)s."),
        gettext_noop("Check who belongs to the household and from when the rules are in force."),
        programme=application.programme.code, day=application.filed_on.isoformat(),
    )  # fmt: skip


def frozen_of(answer: Answer) -> dict[str, Any]:
    """Codes and values, no names: enough to defend the answer without anything that may change later."""
    assert answer.outcome is not None and answer.unit is not None
    trace = answer.outcome.trace_json()
    return {
        **trace,
        "ruleset": {
            "code": trace["ruleset"], "id": str(answer.in_force.id), "number": answer.in_force.number,
            "digest": answer.in_force.digest, "effective_from": answer.in_force.effective_from.isoformat(),
        },
        "unit": {
            "kind": answer.unit.kind, "members": [str(person) for person in answer.unit.members],
            "beneficiary": str(answer.unit.beneficiary),
        },
        "starts_on": answer.starts_on.isoformat() if answer.starts_on else None,
        "ends_on": answer.ends_on.isoformat() if answer.ends_on else None,
    }  # fmt: skip


def digest_of(frozen: dict[str, Any]) -> str:
    canonical = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
