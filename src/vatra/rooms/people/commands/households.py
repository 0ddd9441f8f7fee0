"""Households: who belongs together, where, from when to when."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from vatra.engines.names import fold
from vatra.foundation.access.commands import tie
from vatra.foundation.access.models import RelationshipGrant
from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..drafts import PersonDraft
from ..lists import RELATION, ROLE, check_code
from ..models import Dwelling, Household, HouseholdNumber, Kinship, Membership, Person
from ..reach import may_register, same_persons, the_household, the_person, today
from ..temporal import check_period
from .ended import end
from .persons import create_person
from .seals import seal_person

Member = Person | PersonDraft | UUID


@transaction.atomic
def register_household(
    *, office: UUID, area: Area | None, line: str = "", since: date, members: Iterable[tuple[Member, str]],
    actor: Actor, at: datetime,
) -> Household:  # fmt: skip
    """A household is known, with its number, dwelling and members; members who are drafts become persons.

    No missing document and no unknown address blocks it. Refuses a household without anybody, the same person twice,
    and a day to come. Raises NoGrant where the actor may not register here.
    """
    members = list(members)
    may_register(actor, office=office, area=area)
    if not members:
        raise Refused(
            "nobody_in_household",
            gettext_noop("A household needs at least one member."),
            gettext_noop("Add whoever came to the window."),
        )
    if since > today(at):
        raise Refused(
            "day_to_come",
            gettext_noop("%(day)s has not come yet."),
            gettext_noop("Write the day since which the household is as it is now, or today."),
            day=since,
        )
    household = Household.objects.create(
        pk=uuid7(at), number=_next_number(office), office_id=office, area=area, registered_at=at
    )
    Dwelling.objects.create(household=household, line=line.strip()[:300], area=area, valid_from=since, recorded_at=at)
    persons = [_join(household, member, role, since, actor, at).person_id for member, role in members]
    record(
        "people.household_registered", household, actor=actor, at=at, about=persons,
        number=household.number, members=len(persons),
    )  # fmt: skip
    return household


def _next_number(office: UUID) -> str:
    """The next number of the office. Its row is the lock: two windows never get the same."""
    counter = HouseholdNumber.objects.select_for_update().filter(pk=office).first()
    if counter is None:
        counter = HouseholdNumber.objects.create(pk=office, prefix=_prefix(office))
    HouseholdNumber.objects.filter(pk=office).update(last=F("last") + 1)
    counter.refresh_from_db()
    return f"{counter.prefix}-{counter.last:05d}"


def _prefix(office: UUID) -> str:
    """Four letters of the office's code, and a figure where another office took them already."""
    code = Body.objects.values_list("code", flat=True).get(pk=office) or ""
    letters = "".join(c for c in fold(code) if c.isascii() and c.isalpha())[:4].upper() or "H"
    taken = set(HouseholdNumber.objects.values_list("prefix", flat=True))
    return next(p for p in [letters, *(f"{letters}{n}" for n in range(2, 10_000))] if p not in taken)


def _join(household: Household, member: Member, role: str, since: date, actor: Actor, at: datetime) -> Membership:
    check_code(ROLE, role)
    if isinstance(member, PersonDraft):
        person = create_person(
            office=household.office_id, draft=member, sealed=household.sealed_at is not None, actor=actor, at=at
        )
        record("people.person_registered", person, actor=actor, at=at, about=[person.pk])
    else:
        person = the_person(member, actor=actor, action="people.register")
    open_rows = Membership.objects.filter(household=household, superseded_at=None, valid_to=None)
    if open_rows.filter(person__in=same_persons([person.pk])).exists():
        raise Refused(
            "already_a_member",
            gettext_noop("This person already belongs to the household."),
            gettext_noop("End the membership first if the role changes."),
        )
    return Membership.objects.create(household=household, person=person, role=role, valid_from=since, recorded_at=at)


@transaction.atomic
def add_member(
    *, household: Household | UUID, person: Member, role: str, since: date, actor: Actor, at: datetime
) -> Membership:
    """The person belongs to the household from a day on. Into a sealed household they come sealed.

    Refuses who belongs to it already.
    """
    home = the_household(household, actor=actor, action="people.register")
    joined = _join(home, person, role, since, actor, at)
    if home.sealed_at:
        _cover(home, joined.person_id, actor, at)
    record("people.member_added", home, actor=actor, at=at, about=[joined.person_id], role=role, since=str(since))
    return joined


def _cover(household: Household, person: UUID, actor: Actor, at: datetime) -> None:
    """Whoever is tied to a sealed household is tied to its new member, who is sealed too."""
    seal_person(person, at=at)
    ties = RelationshipGrant.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at),
        ref_kind="people.household",
        ref_id=household.pk,
        user__isnull=False,
    )
    for grant in ties:
        tie(
            ref=Ref("people.person", person), user=grant.user_id, action_class=grant.action_class,
            because=grant.because, actor=actor, at=at, until=grant.valid_until, breaks_glass=grant.breaks_glass,
        )  # fmt: skip


@transaction.atomic
def end_membership(
    *, household: Household | UUID, person: Person | UUID, on: date, because: str = "", actor: Actor, at: datetime
) -> None:
    """From that day the person does not belong to the household any more; what was known before stays readable.

    With a day before they came, they turn out never to have belonged to it. Refuses who is not a member.
    """
    home = the_household(household, actor=actor, action="people.register")
    records = same_persons([person.pk if isinstance(person, Person) else person])
    rows = list(
        Membership.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=on), household=home, person__in=records, superseded_at=None
        )
    )
    if not rows:
        raise Refused(
            "not_a_member",
            gettext_noop("This person does not belong to the household."),
            gettext_noop("Open the household again and look at its members."),
        )
    end(rows, on=on, at=at)
    record(
        "people.membership_ended", home, actor=actor, at=at, about=set(records.values()), on=str(on), because=because
    )


@transaction.atomic
def move_household(
    *, household: Household | UUID, area: Area | None, line: str, since: date, actor: Actor, at: datetime
) -> Dwelling:
    """The household lives elsewhere from a day on."""
    home = the_household(household, actor=actor, action="people.register")
    rows = Dwelling.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=since), household=home, superseded_at=None
    )  # fmt: skip
    end(list(rows), on=since, at=at)
    dwelling = Dwelling.objects.create(
        household=home, line=line.strip()[:300], area=area, valid_from=since, recorded_at=at
    )
    Household.objects.filter(pk=home.pk).update(area=area)
    members = Membership.objects.filter(household=home, superseded_at=None, valid_to=None).values_list(
        "person_id", flat=True
    )
    record("people.household_moved", home, actor=actor, at=at, about=list(members), since=str(since))
    return dwelling


@transaction.atomic
def record_kinship(
    *, person: Person | UUID, relative: Person | UUID, relation: str, since: date | None = None,
    until: date | None = None, actor: Actor, at: datetime,
) -> Kinship:  # fmt: skip
    """`person` is the `relation` (mother, father, guardian, spouse…) of `relative`, from a day to a day.

    The same kinship known before is superseded. Refuses a person's kinship with themselves.
    """
    check_code(RELATION, relation)
    check_period(since, until)
    one = the_person(person, actor=actor, action="people.register")
    other = the_person(relative, actor=actor, action="people.register")
    if one.pk == other.pk:
        raise Refused(
            "own_relative",
            gettext_noop("A person cannot be their own relative."),
            gettext_noop("Choose the other person."),
        )
    Kinship.objects.filter(person=one, relative=other, relation=relation, superseded_at=None).update(superseded_at=at)
    kinship = Kinship.objects.create(
        person=one, relative=other, relation=relation, valid_from=since, valid_to=until, recorded_at=at
    )
    record("people.kinship_recorded", one, actor=actor, at=at, about=[one.pk, other.pk], relation=relation)
    return kinship
