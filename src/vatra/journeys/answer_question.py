"""One question of the panel is answered at the window."""

from datetime import datetime

from django.db import transaction

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.rooms.people.commands import NewFact, record_facts
from vatra.rooms.people.models import Fact, Household, Person


@transaction.atomic
def answer_question(*, subject: Household | Person, fact: str, value: object, actor: Actor, at: datetime) -> Fact:
    """Record what was just declared, valid from today. Refuses a value that the catalogue does not allow."""
    new = NewFact(subject=subject, code=fact, value=value, valid_from=day(at, zone()), question="panel")
    return record_facts(facts=[new], source="declared", source_ref=None, actor=actor, at=at)[0]
