"""Entitled people for tests, made in bulk past the window: signed decisions, entitlements, accounts.

Everything is deterministic: the same call gives the same people, ids included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zlib import crc32

from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.ids import stable_id

if TYPE_CHECKING:  # models only when Django is there: the chaos imports this before
    from vatra.foundation.bodies.models import Body

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONTH = date(2026, 11, 1)
WHO = Actor(ActorKind.SYSTEM, "test", name="test").as_json()
NAMES = [
    "Ana Țăran",
    "Ștefan Șerban",
    "Ilinca Mureșan",
    "Gheorghe Bălan",
    "Ildikó Szőcs",
    "Ömer Yıldız",
    "سامي حداد",
    "Георги Иванов",
    "Ελένη Παππά",
]


def officer(name: str, id: str = "") -> Actor:
    """Somebody of the house who may do everything: for tests that are not about access."""
    return Actor(ActorKind.SYSTEM, id or name, name=name)


CARMEN, HORIA = officer("Carmen Bota"), officer("Horia Timar")


def iban(number: int, country: str = "RO") -> str:
    """A sound account number that nobody has."""
    basic = f"VATR{number:016d}"
    digits = "".join(str(int(char, 36)) for char in f"{basic}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{basic}"


@dataclass
class Town:
    """A programme with its fund, and who is entitled under it: person → entitlement, in the order of their making."""

    office: Body
    programme: object
    fund: object
    ruleset: object
    register: object
    persons: list[UUID] = field(default_factory=list)
    entitlements: list[UUID] = field(default_factory=list)
    households: list[UUID] = field(default_factory=list)


def town(*, code: str = "emergency-aid", budget: int = 0, by: str = "bank", office: Body | None = None) -> Town:
    """An office, a fund with a budget for 2026, a programme that it pays."""
    from vatra.foundation.bodies.models import Body
    from vatra.foundation.docket.models import Register
    from vatra.rooms.ledger import commands as ledger
    from vatra.rooms.programmes.models import Programme, Ruleset

    if office is None:
        office, _ = Body.objects.get_or_create(
            code="spas", defaults={"kind": "office", "name": {"ro": "SPAS"}, "name_key": "spas"}
        )
    ledger.open_fund(
        code="local-budget", title={"en": "Local budget"}, body=office.code, office=office.code, currency="RON",
        ask={"en": "the mayor"}, bank={"iban": "RO49AAAA1B31007593840000", "name": "Municipiul Târnăveni"},
        actor=HORIA, at=AT,
    )  # fmt: skip
    fund = ledger.Fund.objects.get(code="local-budget")
    if budget:
        ledger.adopt_budget(fund=fund, year=2026, amount=budget, act="HCL 12/2026", actor=HORIA, at=AT)
    programme, _ = Programme.objects.get_or_create(
        code=code,
        defaults={
            "id": stable_id("test.programme", code), "kind": "benefit", "title": {"en": code}, "unit": "household",
            "care_level": "secondary_prevention", "duties": {"pays": {"body": office.code}},
            "extra": {"pays": {"fund": "local-budget", "by": by}},
        },
    )  # fmt: skip
    ruleset, _ = Ruleset.objects.get_or_create(
        programme=programme, number=1,
        defaults={"id": stable_id("test.ruleset", code), "text": "", "digest": "0", "drafted_by": WHO, "drafted_at": AT},
    )  # fmt: skip
    register, _ = Register.objects.get_or_create(office=office, code="decision", year=2026)
    return Town(office, programme, fund, ruleset, register)


def entitle(
    here: Town, count: int, *, amount: int = 50_000, period: str = "month", starts_on: date = date(2026, 10, 1),
    ends_on: date | None = None, accounts: bool = True, sealed: bool = False, varied: bool = True,
) -> list[UUID]:  # fmt: skip
    """So many more people, each in a household of their own with an adult in it. Returns their entitlements."""
    from vatra.foundation.docket.models import Entry
    from vatra.rooms.benefits.models import Application, Decision, Determination, Entitlement
    from vatra.rooms.people.models import Household, Identity, PaymentAccount, Person

    start = len(here.persons)
    rows: dict[type, list] = {
        model: []
        for model in (
            Person,
            Identity,
            Household,
            PaymentAccount,
            Application,
            Determination,
            Entry,
            Decision,
            Entitlement,
        )
    }
    code = here.programme.code
    for n in range(start, start + count):
        id = {
            what: stable_id("test", code, what, str(n))
            for what in ("person", "home", "ask", "found", "entry", "act", "right", "account")
        }
        money = amount + (n % 7) * 100 if varied else amount
        when = AT if sealed else None
        name = f"{NAMES[n % len(NAMES)]} {n}"
        rows[Person].append(
            Person(id=id["person"], canonical_id=id["person"], office=here.office, registered_at=AT, sealed_at=when)
        )
        rows[Identity].append(
            Identity(
                person_id=id["person"],
                display_name=name,
                birth_date=date(1960, 1, 1),
                sex="female" if n % 2 else "male",
            )
        )
        rows[Household].append(
            Household(
                id=id["home"],
                number=f"{code[:4].upper()}-{n:05d}",
                office=here.office,
                registered_at=AT,
                sealed_at=when,
            )
        )
        if accounts:
            rows[PaymentAccount].append(account(id["person"], n, id=id["account"], holder=name))
        who = {"beneficiary_id": id["person"], "household_id": id["home"]}
        rows[Application].append(Application(
            id=id["ask"], programme=here.programme, applicant_id=id["person"], office=here.office, state="decided",
            filed_on=AT.date(), language="ro", registered_at=AT, closed_at=AT, **who,
        ))  # fmt: skip
        rows[Determination].append(Determination(
            id=id["found"], programme=here.programme, ruleset=here.ruleset, application_id=id["ask"], on=AT.date(),
            known_at=AT, status="entitled", amount=money, currency="RON", period=period, starts_on=starts_on,
            frozen={"clauses": [{"code": "c1", "holds": True}]}, digest="0", determined_at=AT, actor=WHO, **who,
        ))  # fmt: skip
        rows[Entry].append(
            Entry(
                id=id["entry"],
                register=here.register,
                number=n + 1 + _offset(code),
                direction="out",
                subject="decision",
                ref_kind="benefits.decision",
                ref_id=id["act"],
                registered_at=AT,
                actor=WHO,
            )
        )
        rows[Decision].append(Decision(
            id=id["act"], application_id=id["ask"], determination_id=id["found"], household_id=id["home"],
            state="signed", grants=True, drafted_by=_by("a"), drafted_at=AT, reported_by=_by("b"), reported_at=AT,
            countersigned_by=_by("c"), countersigned_at=AT, signed_by=_by("d"), signed_at=AT, entry_id=id["entry"],
        ))  # fmt: skip
        rows[Entitlement].append(Entitlement(
            id=id["right"], decision_id=id["act"], determination_id=id["found"], programme=here.programme,
            office=here.office, amount=money, currency="RON", period=period, starts_on=starts_on, ends_on=ends_on,
            granted_at=AT, **who,
        ))  # fmt: skip
        here.persons.append(id["person"])
        here.households.append(id["home"])
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=500)
    made = [each.pk for each in rows[Entitlement]]
    here.entitlements += made
    return made


def account(person: UUID, number: int, *, id: UUID | None = None, holder: str = "Ana", since: date = date(2020, 1, 1)):
    """A row of an account; not saved."""
    from vatra.rooms.people import vault
    from vatra.rooms.people.models import PaymentAccount

    value = iban(number)
    return PaymentAccount(
        id=id or stable_id("test.account", str(person), str(number)), person_id=person, kind="iban",
        cipher=vault.encrypt(value, person=person, kind="iban"), blind=vault.blind(value), masked=vault.masked(value),
        holder_name=holder, valid_from=since, recorded_at=AT, actor=WHO,
    )  # fmt: skip


def change_account(person: UUID, number: int) -> None:
    """The person banks elsewhere from now on."""
    from vatra.rooms.people.models import PaymentAccount

    PaymentAccount.objects.filter(person=person, ended_at=None).update(ended_on=date(2026, 1, 1), ended_at=AT)
    account(person, number).save()


def _by(who: str) -> dict:
    return Actor(ActorKind.SYSTEM, who, name=who).as_json()


def _offset(code: str) -> int:
    """Where the numbers of a programme's people begin: apart from those of every other."""
    return 0 if code == "emergency-aid" else 10_000 * (50 + crc32(code.encode()) % 40)


def run(cycle, *, at: datetime = AT) -> None:
    """What the worker would do with it now."""
    from vatra.rooms.payments.tasks import go_on_with

    assert go_on_with(cycle.pk, at=at)
    cycle.refresh_from_db()


def prepared(here: Town, *, period: date = MONTH, at: datetime = AT, actor: Actor = CARMEN):
    from vatra.rooms.payments.commands import prepare_cycle

    cycle = prepare_cycle(programme=here.programme, period=period, actor=actor, at=at)
    run(cycle, at=at)
    return cycle


def approved(here: Town, *, period: date = MONTH, at: datetime = AT):
    from vatra.rooms.payments.commands import approve_cycle, check_cycle

    cycle = prepared(here, period=period, at=at)
    check_cycle(cycle=cycle, actor=CARMEN, at=at)
    return approve_cycle(cycle=cycle, actor=HORIA, at=at)


def exported(here: Town, *, period: date = MONTH, at: datetime = AT, pay_on: date | None = None):
    from vatra.rooms.payments.commands import export_cycle

    cycle = approved(here, period=period, at=at)
    cycle = export_cycle(cycle=cycle, pay_on=pay_on or at.date(), actor=CARMEN, at=at)
    run(cycle, at=at)
    return cycle
