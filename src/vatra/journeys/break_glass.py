"""Opening a sealed record in an emergency, and putting that before a supervisor."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.access.commands import break_glass, review_glass
from vatra.foundation.access.models import BrokenGlass
from vatra.foundation.access.queries import require
from vatra.foundation.access.reading import readable
from vatra.foundation.audit.commands import record
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant, Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases.models import Case
from vatra.rooms.people.models import Household, Membership
from vatra.rooms.people.reach import same_persons


def break_the_glass(*, number: str, because: str, actor: Actor, at: datetime) -> BrokenGlass:
    """The sealed household or case of this number is open to the actor for a few hours; a supervisor will hear of it.

    With it they see its persons, and for a case the sealed household that it is about. Refuses a reason of less than
    ten characters, a number that belongs to no sealed record, and one that the actor can open anyway. A search that
    found nothing is in the trail as well: nobody tries numbers unseen.
    """
    require(actor, "access.break_glass")
    if actor.office is None:
        raise Refused("no_office", gettext_noop("You hold no post today, so no supervisor would hear of this."))
    with transaction.atomic():
        ref, label, with_it = _sealed(number.strip())
        if ref is not None and not _reads(ref, actor):
            broken = break_glass(ref=ref, label=label, because=because, with_it=with_it, actor=actor, at=at)
            _tell_supervisors(broken, at)
            return broken
        if ref is None:
            record("access.glass_sought", None, actor=actor, at=at, because=because.strip()[:500])
    if ref is not None:
        raise Refused("no_glass", gettext_noop("You can open this record already."))
    raise Refused(
        "no_sealed_record", gettext_noop("No sealed record has the number “%(number)s”."),
        gettext_noop("Look at the number again. That you asked is kept in the trail."), number=number.strip(),
    )  # fmt: skip


def _reads(ref: Ref, actor: Actor) -> bool:
    try:
        return readable(ref, actor=actor)
    except NoGrant:
        return False


def _sealed(number: str) -> tuple[Ref | None, str, list[Ref]]:
    """The sealed record of a number, its label, and what cannot be read without it."""
    home = Household.objects.filter(number__iexact=number, sealed_at__isnull=False).first()
    if home is not None:
        return Ref("people.household", home.pk), home.number, _persons(home.pk)
    case = Case.objects.filter(number__iexact=number, sealed_at__isnull=False).select_related("household").first()
    if case is None:
        return None, "", []
    with_it = [Ref("people.household", case.household_id), *_persons(case.household_id)]
    return Ref("cases.case", case.pk), case.number, with_it if case.household.sealed_at else []


def _persons(household: UUID) -> list[Ref]:
    members = Membership.objects.filter(household=household, superseded_at=None).values_list("person_id", flat=True)
    return [Ref("people.person", person) for person in same_persons(members)]


def _tell_supervisors(broken: BrokenGlass, at: datetime) -> None:
    open_item(
        key=f"access.glass:{broken.pk}", kind="access.glass", ref=Ref("access.broken_glass", broken.pk),
        office=broken.office_id, action="access.review_glass", values={"number": broken.label}, at=at,
    )  # fmt: skip


@transaction.atomic
def review_the_glass(*, broken: UUID, justified: bool, remark: str, actor: Actor, at: datetime) -> BrokenGlass:
    """A supervisor says whether the record had to be opened; it no longer waits."""
    row = review_glass(broken=broken, justified=justified, remark=remark, actor=actor, at=at)
    done(key=f"access.glass:{row.pk}", at=at)
    return row
