"""A form is submitted: kept as it was filled, and what it says becomes facts. Forms never write facts themselves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.catalogue.queries import currencies, fact_definitions, zone
from vatra.foundation.forms.commands import store_answers
from vatra.foundation.forms.ingest import ingest
from vatra.foundation.forms.models import Answers, FormVersion
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.rooms.intake.commands import record_screening
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.commands import NewFact, record_facts
from vatra.rooms.people.models import Household, Person


@transaction.atomic
def submit_form(
    *, form_version: FormVersion, household: Household, answers: dict, instance_id: str,
    contact: Contact | None = None, actor: Actor, at: datetime,
) -> Answers:  # fmt: skip
    """Keep the answers, record what they say as facts, and note a screening if that is what the form is for.

    Sent twice, it happens once. Refuses answers that do not fit the form; then nothing of it is kept.
    """
    stored, new = store_answers(
        form_version=form_version, about=ref(household), answers=answers, instance_id=instance_id, answered_at=at,
        actor=actor, at=at,
    )  # fmt: skip
    if not new:
        return stored
    money = currencies()
    types = {
        code: (fact.type, money[fact.currency]["exponent"] if fact.currency else 0)
        for code, fact in fact_definitions().items()
    }
    said = ingest(stored, types)
    persons = Person.objects.in_bulk({UUID(one.person) for one in said if one.person})
    today = day(at, zone())
    if said:
        facts = [
            NewFact(
                subject=persons[UUID(one.person)] if one.person else household, code=one.fact, value=one.value,
                valid_from=today, question=one.question,
            )
            for one in said
        ]  # fmt: skip
        record_facts(facts=facts, source="form", source_ref=ref(stored), actor=actor, at=at)
    if form_version.form.purpose == "screening":
        record_screening(household=household, answers=stored, contact=contact, actor=actor, at=at)
    return stored
