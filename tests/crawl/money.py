"""What grows on the files of the crawl in money: a right paid here and one paid elsewhere, a cycle, a monthly list.

Made past the window, row by row: the crawl is about who reads what, not about how it came to be.
"""

from datetime import date
from types import SimpleNamespace

from django.utils import timezone

from vatra.foundation.bodies.models import Body
from vatra.foundation.docket.models import Entry, Register
from vatra.kernel.ids import uuid7
from vatra.rooms.benefits.models import (
    Application,
    Decision,
    Determination,
    Entitlement,
    EntitlementChange,
    ListedChange,
    MonthlyList,
)
from vatra.rooms.payments.tests.people import AT, WHO, exported, town
from vatra.rooms.people.commands import add_account
from vatra.rooms.people.models import Household, Membership
from vatra.rooms.programmes.models import Programme, Ruleset

NUMBERS = ["RO49AAAA1B31007593840000", "RO09BCYP0000001234567890", "DE89370400440532013000"]
START = date(2026, 10, 1)


def grow(scene: object, cast: SimpleNamespace, offices: SimpleNamespace, gone: object) -> None:
    """Each file is entitled to two things; those of the town are in a cycle, and each on a list of its own. So is who
    has `gone` from the open file since."""
    here = town(budget=10_000_000, office=offices.spas)
    away = Programme.objects.create(
        code="paid-away", kind="benefit", title={"en": "Paid away"}, unit="household",
        care_level="secondary_prevention", duties={"pays": {"body": "elsewhere"}},
    )  # fmt: skip
    rules = Ruleset.objects.create(
        programme=away, number=1, text="", digest="0", drafted_by=WHO, drafted_at=AT
    )  # fmt: skip
    files = [(scene.open, cast.elena), (scene.sealed, cast.mihai), (scene.foreign, cast.sami)]  # type: ignore[attr-defined]
    rights = [(home, who, Membership.objects.filter(household=home).order_by("id")[0].person_id) for home, who in files]
    rights.append((files[0][0], cast.elena, gone))
    for number, (home, who, person) in enumerate(rights):
        if person != gone:  # whom a file to the bank would name for good
            add_account(person=person, iban=NUMBERS[number], valid_from=date(2026, 1, 1), actor=who, at=timezone.now())
        _right(home, person, here.programme, here.ruleset, number * 2 + 1)
        _listed(_right(home, person, away, rules, number * 2 + 2), offices.elsewhere)
    exported(here)


def _right(home: Household, person: object, programme: Programme, rules: Ruleset, number: int) -> Entitlement:
    of = {"household": home, "beneficiary_id": person}
    asked = Application.objects.create(
        programme=programme, applicant_id=person, office_id=home.office_id, state="decided", filed_on=START,
        language="ro", registered_at=AT, closed_at=AT, **of,
    )  # fmt: skip
    determined = Determination(
        programme=programme, ruleset=rules, application=asked, on=START, known_at=AT, status="entitled", amount=50_000,
        currency="RON", period="month", starts_on=START, frozen={"clauses": [], "missing": []}, digest="0",
        determined_at=AT, actor=WHO, **of,
    )  # fmt: skip
    determined.save()
    steps = {
        key: value
        for who, step in zip("abcd", ("drafted", "reported", "countersigned", "signed"), strict=True)
        for key, value in ((f"{step}_by", {**WHO, "id": who}), (f"{step}_at", AT))
    }
    register, _ = Register.objects.get_or_create(office_id=home.office_id, code="decision", year=2026)
    decision_id = uuid7(AT)
    entry = Entry.objects.create(
        register=register, number=9000 + number, direction="out", subject="decision", ref_kind="benefits.decision",
        ref_id=decision_id, registered_at=AT, actor=WHO,
    )  # fmt: skip
    decision = Decision.objects.create(
        id=decision_id, application=asked, determination=determined, household=home, state="signed", grants=True,
        entry=entry, **steps,
    )  # fmt: skip
    return Entitlement.objects.create(
        decision=decision, determination=determined, programme=programme, office_id=home.office_id, amount=50_000,
        currency="RON", period="month", starts_on=START, granted_at=AT, **of,
    )  # fmt: skip


def _listed(right: Entitlement, to: Body) -> None:
    """A list with this one row, rejected."""
    change = EntitlementChange.objects.create(entitlement=right, kind="granted", on=START, at=AT, actor=WHO)
    register, _ = Register.objects.get_or_create(office_id=right.office_id, code="transmission_list", year=2026)
    made = MonthlyList(
        office_id=right.office_id, to_body=to, programme=right.programme, month=START, sent_at=AT, actor=WHO
    )
    made.entry = Entry.objects.create(
        register=register, number=9000 + Entry.objects.count(), direction="out", subject="monthly_list",
        ref_kind="benefits.monthly_list", ref_id=made.pk, registered_at=AT, actor=WHO,
    )  # fmt: skip
    made.save()
    ListedChange.objects.create(
        monthly_list=made, row=1, change=change, state="rejected", answered_at=AT, answered_by=WHO, reason="CNP"
    )
