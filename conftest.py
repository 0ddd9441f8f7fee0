"""The cast: the people of Târnăveni whom every test knows, and the few definitions they need.

Elena Moldovan works at the window, Mihai Pop is a social worker, Ioana Crișan a benefits officer, Doina Oltean heads
the service, Vasile Suciu is secretary general, Radu Câmpean the mayor, Rozalia Kiss administers the installation,
Carmen Bota prepares payments and Horia Timar approves them. Sami Haddad works in another office and must not see
Târnăveni's files. Petra Lungu works for a provider of home care, Oana Bucur for a shelter: they read what was sent to
their own organisation, and nothing else.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

pytest_plugins = ["tests.selecting"]

# The same examples at every run: what fails fails again. A found example becomes a test of its own.
settings.register_profile("vatra", derandomize=True, deadline=None)
settings.load_profile("vatra")

NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
PACK = Path(__file__).parent / "packs" / "ro-tarnaveni"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # grants begin here: who may see is asked of the real clock

WINDOW = [
    *("people.view", "people.register", "people.record", "people.trail", "intake.view", "intake.screen"),
    *("benefits.view", "benefits.apply", "benefits.deliver", "benefits.certify", "programmes.view", "policy.view"),
    "insight.view",
    *("referrals.view", "referrals.answer"),  # of what other units send to this one
]
ROLES = {
    "window_officer": WINDOW,
    "social_worker": [*WINDOW, "cases.view", "cases.work", "access.break_glass", "referrals.send"],
    "benefits_officer": [*WINDOW, "benefits.draft", "payments.view"],
    "payments_officer": [
        *("people.view", "benefits.view", "programmes.view", "policy.view"),
        *("payments.view", "payments.files", "payments.prepare", "payments.settle", "ledger.view"),
    ],
    "budget_holder": [
        *("people.view", "benefits.view", "programmes.view", "policy.view"),
        *("payments.view", "payments.files", "payments.approve", "ledger.view", "ledger.budget"),
    ],
    "head_of_service": [
        *WINDOW,
        "benefits.draft",
        "benefits.report",
        "people.seal",
        "people.erase",
        "programmes.publish",
        *("payments.view", "ledger.view"),
        *("cases.view", "cases.work", "cases.assign", "cases.approve", "access.break_glass", "access.review_glass"),
        "referrals.send",
    ],
    "secretary_general": ["people.view", "benefits.view", "benefits.countersign"],
    "mayor": ["people.view", "benefits.view", "benefits.sign"],
    "administrator": ["providers.import", "insight.import", "imports.view", "programmes.view", "programmes.draft"],
    "provider_worker": ["referrals.view", "referrals.answer", "providers.view", "providers.places"],
}
CAST = {
    "elena": ("Elena Moldovan", "window_officer", "spas"),
    "mihai": ("Mihai Pop", "social_worker", "spas"),
    "ioana": ("Ioana Crișan", "benefits_officer", "spas"),
    "doina": ("Doina Oltean", "head_of_service", "spas"),
    "vasile": ("Vasile Suciu", "secretary_general", "spas"),
    "radu": ("Radu Câmpean", "mayor", "spas"),
    "carmen": ("Carmen Bota", "payments_officer", "spas"),
    "horia": ("Horia Timar", "budget_holder", "spas"),
    "rozalia": ("Rozalia Kiss", "administrator", "spas"),
    "sami": ("Sami Haddad", "window_officer", "elsewhere"),
    "petra": ("Petra Lungu", "provider_worker", "caritas"),
    "oana": ("Oana Bucur", "provider_worker", "adapost"),
}


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Definitions are kept per process; the database of each test is rolled back."""
    from vatra.foundation.catalogue.queries import forget_all

    forget_all()


@pytest.fixture(autouse=True, scope="session")
def plain_static_files():
    """Pages under test name their style sheets without a manifest: nothing needs to be collected first."""
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    default = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES={"default": default, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def quiet_templates(monkeypatch) -> None:
    """No template of any test may query; see vatra.look.quiet."""
    from vatra.look.quiet import Guard

    monkeypatch.setattr(Guard, "on", True)


@pytest.fixture
def offices(db) -> SimpleNamespace:
    """The service of Târnăveni (`spas`), another office (`elsewhere`), and two providers (`caritas`, `adapost`)."""
    from vatra.foundation.bodies.models import Body
    from vatra.foundation.places.models import Area

    town = Area.objects.create(
        code="114925", kind="municipality", name={"ro": "Târnăveni"}, path="114925/", hex_q=0, hex_r=0
    )
    spas = Body.objects.create(
        code="spas", kind="office", name={"ro": "Serviciul Public de Asistență Socială"}, name_key="spas", area=town
    )
    elsewhere = Body.objects.create(code="elsewhere", kind="office", name={"en": "Elsewhere"}, name_key="elsewhere")
    caritas, adapost = (
        Body.objects.create(code=code, kind="nonprofit", name={"ro": name}, name_key=code)
        for code, name in (("caritas", "Asociația Caritas"), ("adapost", "Asociația Adăpost"))
    )
    return SimpleNamespace(spas=spas, elsewhere=elsewhere, town=town, caritas=caritas, adapost=adapost)


@pytest.fixture
def cast(offices) -> SimpleNamespace:
    """Actors by first name, each in their post with their role: `cast.elena`."""
    from vatra.foundation.access.models import Role, RoleGrant, User
    from vatra.rooms.staff.models import Post
    from vatra.web.actor import actor_of

    for code, actions in ROLES.items():
        Role.objects.create(code=code, title={"en": code}, actions=actions)
    people = {}
    for username, (name, role, office) in CAST.items():
        user = User.objects.create(username=username, name=name, password="!")
        body = getattr(offices, office)
        Post.objects.create(user=user, office=body, title={"en": role}, valid_from=LONG_AGO.date())
        RoleGrant.objects.create(user=user, role_id=role, office=body, valid_from=LONG_AGO, because="cast")
        people[username] = actor_of(user)
    return SimpleNamespace(**people)


@pytest.fixture
def definitions(db) -> None:
    """A few facts that tests of people record."""
    from vatra.foundation.catalogue.models import Code, CodeList, FactDefinition

    heating = CodeList.objects.create(code="heating", title={"en": "Heating"})
    for code in ("wood", "gas", "electricity"):
        Code.objects.create(code_list=heating, code=code, title={"en": code})
    for code, subject, type_ in [
        ("birth_date", "person", "date"),
        ("sex", "person", "text"),
        ("net_income", "person", "money"),
        ("pupil", "person", "boolean"),
        ("heating", "household", "code"),
    ]:
        FactDefinition.objects.create(
            code=code, subject=subject, type=type_, currency="RON" if type_ == "money" else "",
            code_list=heating if type_ == "code" else None, title={"en": code},
        )  # fmt: skip


@pytest.fixture(scope="module")
def pack_loaded(django_db_setup, django_db_blocker):
    """The pack, loaded once for the tests of a module, in a transaction that is rolled back after the last."""
    from django.db import transaction

    from vatra.foundation.catalogue.queries import forget_all
    from vatra.journeys.load_pack import load_pack
    from vatra.kernel.actor import system

    forget_all()  # what a module before this one loaded was rolled back
    with django_db_blocker.unblock(), transaction.atomic():
        load_pack(PACK, actor=system("pack"), at=NOON, today=TODAY)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)
