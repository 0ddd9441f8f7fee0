"""A widow with a case, two services of the directory, and the pack's words on referrals; for tests of referrals."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from conftest import NOON

from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7

TERMS = {
    "see": {"days": 3, "counting": "working"}, "answer": {"days": 5, "counting": "working"},
    "place": {"days": 30, "counting": "calendar"}, "start": {"days": 10, "counting": "working"},
    "deliver": {"days": 90, "counting": "calendar"}, "report": {"days": 10, "counting": "working"},
    "follow": {"days": 3, "counting": "working"}, "close": {"days": 5, "counting": "working"},
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "zone": "Europe/Bucharest", "languages": ["ro", "en"], "currency": "RON",
    "currencies": {"RON": {"exponent": 2, "cash_step": 1}},
    "calendar": {"rest_days": ["saturday", "sunday"], "fixed": [{"day": "12-01"}], "movable": []},
    "referrals": {
        "terms": TERMS, "link_days": 14,
        "needs": {"old_age": ["8810ID-*", "8730CR-*"], "safety": ["8790CR-VD-*"]},
        "levels": {"intensive": ["8730*", "8790*"], "specialised": ["8810*"]},
    },
    "reminders": {"soon": 2, "head": 3},
}  # fmt: skip
STREET = "strada Tăinuită 17"


def words() -> None:
    """The pack and its lists."""
    from vatra.foundation.catalogue.models import Code, CodeList, Pack
    from vatra.foundation.catalogue.queries import forget_all

    Pack.objects.create(
        code="town", version="1", title={"en": "Town"}, digest="town", loaded_at=NOON, settings=SETTINGS
    )
    lists = {
        "need": [("old_age", {}), ("safety", {}), ("work", {})],
        "consent_purpose": [("share_referral", {}), ("research", {})],
        "referral_decline": [("no_places", {}), ("too_far", {})],
        "referral_outcome": [("reached", {"reached": True}), ("broken_off", {"reached": False})],
        "beneficiary_group": [("B1", {"under": 18}), ("B4", {"from": 65}), ("B5", {"families": True})],
        "household_role": [("head", {}), ("grandchild", {})],
        "sex": [("female", {}), ("male", {})],
    }
    for name, codes in lists.items():
        made = CodeList.objects.create(code=name, title={"en": name})
        for order, (code, extra) in enumerate(codes):
            Code.objects.create(code_list=made, code=code, title={"en": f"{name} {code}"}, order=order, extra=extra)
    forget_all()


def directory(offices: SimpleNamespace) -> SimpleNamespace:
    """Home care and a home for older people of two providers, and a shelter whose place nobody may know."""
    from vatra.rooms.providers.models import Provider, Service, ServiceType

    for code, sealed in (("8810ID-I", False), ("8730CR-V-I", False), ("8790CR-VD-I", True)):
        ServiceType.objects.create(code=code, title={"ro": f"tip {code}"}, address_sealed=sealed)
    caritas, adapost = (Provider.objects.create(body=body) for body in (offices.caritas, offices.adapost))

    def service(provider: Any, kind: str, name: str, key: str, **more: Any) -> Service:
        return Service.objects.create(
            provider=provider, provider_name=provider.body.name["ro"], service_type_id=kind, name=name, source="t",
            source_key=key, **more,
        )  # fmt: skip

    return SimpleNamespace(
        home_care=service(
            caritas, "8810ID-I", "Îngrijire la domiciliu", "1", groups=["B4"], capacity=2, area=offices.town,
            locality="Târnăveni",
        ),
        old_home=service(
            adapost, "8730CR-V-I", "Cămin", "2", groups=["B4"], capacity=30, locality="Sânpaul",
        ),
        shelter=service(
            adapost, "8790CR-VD-I", "Casa din strada Ascunsă 3", "3", street="strada Ascunsă 3", locality="Ascunsa",
            address_sealed=True,
        ),
    )  # fmt: skip


def family(cast: SimpleNamespace, offices: SimpleNamespace, at: datetime = NOON, name: str = "Mureșan") -> Any:
    from vatra.rooms.people.commands import PersonDraft, register_household

    widow = PersonDraft(
        given="Maria",
        family=name,
        birth_date=date(1954, 3, 17),
        sex="female",
        contacts=[("phone", "0700 111 222", True)],
    )
    child = PersonDraft(given="Andrei", family=name, birth_date=date(2015, 6, 2), sex="male")
    return register_household(
        office=offices.spas.pk, area=offices.town, line=STREET, since=date(2019, 5, 12),
        members=[(widow, "head"), (child, "grandchild")], actor=cast.elena, at=at,
    )  # fmt: skip


def a_case(
    household: Any, worker: Actor, at: datetime = NOON, *, supervisor: Actor | None = None, sealed: bool = False
) -> Any:
    from vatra.rooms.cases.models import Case, CaseType, Need
    from vatra.rooms.people.models import Membership

    CaseType.objects.get_or_create(code="care", defaults={"title": {"en": "Care"}, "level": "case_management"})
    head = Membership.objects.get(household=household, role="head").person
    made = Case.objects.create(
        number=f"C-{uuid7().hex[-6:]}", opening_key=uuid7(), type_id="care", household=household, person=head,
        office_id=UUID(worker.office or ""), worker_id=worker.id, level="case_management", risk="medium", opened_at=at,
        opened_by=worker.as_json(), sealed_at=at if sealed else None,
        supervisor_id=supervisor.id if supervisor else None,
    )  # fmt: skip
    need = Need.objects.create(
        case=made, person=head, code="old_age", note="cannot cook any more", recorded_at=at, actor=worker.as_json()
    )
    return SimpleNamespace(case=made, need=need, person=head)


def consent(of: Any, recipient: Any, actor: Actor, at: datetime = NOON, **more: Any) -> Any:
    from vatra.rooms.people.commands import give_consent

    return give_consent(
        person=of.person.pk, purpose="share_referral", how="signed", recipient=recipient.pk if recipient else None,
        actor=actor, at=at, **more,
    )  # fmt: skip
