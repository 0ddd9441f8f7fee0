"""Consent, and who acts or is paid for whom."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.days import age_on
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..lists import BASIS, PURPOSE, check_code
from ..models import Consent, Identity, Person, Representation
from ..reach import the_person
from ..temporal import check_period

HOW = {"signed", "spoken", "online"}
CAPACITIES = {"representative", "payee"}


@transaction.atomic
def give_consent(
    *, person: Person | UUID, purpose: str, how: str, recipient: UUID | None = None, expires_on: date | None = None,
    actor: Actor, at: datetime,
) -> Consent:  # fmt: skip
    """The person agreed that their data serve this purpose, with this recipient. No row means no."""
    check_code(PURPOSE, purpose)
    if how not in HOW:
        raise ValueError(f"unknown way of consenting: {how}")
    known = the_person(person, actor=actor, action="people.register")
    consent = Consent.objects.create(
        person=known, purpose=purpose, recipient_id=recipient, given_at=at, expires_on=expires_on, how=how,
        actor=actor.as_json(),
    )  # fmt: skip
    record(
        "people.consent_given", consent, actor=actor, at=at, about=[known.pk], purpose=purpose, how=how,
        recipient=str(recipient) if recipient else None,
    )  # fmt: skip
    return consent


@transaction.atomic
def withdraw_consent(*, consent: UUID, actor: Actor, at: datetime) -> Consent:
    """From now on the person does not agree any more. Refuses a consent that was withdrawn already."""
    row = Consent.objects.select_for_update().get(pk=consent)
    known = the_person(row.person_id, actor=actor, action="people.register")
    if row.withdrawn_at:
        raise Refused("already_withdrawn", gettext_noop("This consent was withdrawn already."))
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record("people.consent_withdrawn", row, actor=actor, at=at, about=[known.pk], purpose=row.purpose)
    return row


@transaction.atomic
def represent(
    *, person: Person | UUID, by_person: Person | UUID, capacity: str, basis: str, scope: Iterable[str] = (),
    valid_from: date, valid_to: date | None = None, actor: Actor, at: datetime,
) -> Representation:  # fmt: skip
    """`by_person` acts for `person` (representative), or is paid for them (payee), on a legal basis and for a time.

    `scope` holds programme codes; none means all. Refuses oneself, a child, and a second payee for the same days
    and programmes: two claims to one payment.
    """
    if capacity not in CAPACITIES:
        raise ValueError(f"unknown capacity: {capacity}")
    check_code(BASIS, basis)
    check_period(valid_from, valid_to)
    one = the_person(person, actor=actor, action="people.register")
    other = the_person(by_person, actor=actor, action="people.register")
    scope = sorted(set(scope))
    if one.pk == other.pk:
        raise Refused(
            "represents_themselves",
            gettext_noop("Nobody represents themselves."),
            gettext_noop("Choose the person who acts for them, or leave it out."),
        )
    born = Identity.objects.values_list("birth_date", flat=True).get(person=other)
    if born and age_on(born, valid_from) < 18:
        raise Refused(
            "representative_is_a_child",
            gettext_noop("A child under 18 cannot act or be paid for somebody."),
            gettext_noop("Choose an adult; a court may have named a guardian."),
        )
    if capacity == "payee":
        _no_second_payee(one, scope, valid_from, valid_to)
    made = Representation.objects.create(
        person=one, by_person=other, capacity=capacity, basis=basis, scope=scope, valid_from=valid_from,
        valid_to=valid_to, recorded_at=at, actor=actor.as_json(),
    )  # fmt: skip
    record("people.represented", made, actor=actor, at=at, about=[one.pk, other.pk], capacity=capacity, basis=basis)
    return made


def _no_second_payee(person: Person, scope: list[str], start: date, stop: date | None) -> None:
    rows = Representation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=start), Q(ended_on=None) | Q(ended_on__gt=start),
        person=person, capacity="payee",
    )  # fmt: skip
    if stop:
        rows = rows.filter(valid_from__lt=stop)
    for row in rows:
        if not scope or not row.scope or set(scope) & set(row.scope):
            raise Refused(
                "second_payee",
                gettext_noop("Somebody else is already paid for this person at that time."),
                gettext_noop("End the first payee, or limit both to different programmes."),
            )


@transaction.atomic
def end_representation(
    *, representation: UUID, on: date, because: str = "", actor: Actor, at: datetime
) -> Representation:
    """From that day nobody acts or is paid on this ground any more. Refuses what has ended already."""
    row = Representation.objects.select_for_update().get(pk=representation)
    known = the_person(row.person_id, actor=actor, action="people.register")
    if row.ended_at or (row.valid_to and row.valid_to <= on):
        raise Refused("already_ended", gettext_noop("This has ended already."))
    row.ended_on, row.ended_at = on, at
    row.save(update_fields=["ended_on", "ended_at"])
    record(
        "people.representation_ended", row, actor=actor, at=at, about=[known.pk, row.by_person_id], on=str(on),
        because=because,
    )  # fmt: skip
    return row
