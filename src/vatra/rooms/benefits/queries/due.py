"""What is due, to whom: the door through which payments look back at decisions."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import Period, age_on, day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Identity, PaymentAccount, Representation
from vatra.rooms.people.temporal import valid
from vatra.rooms.programmes.models import Programme

from ..models import ChangeKind, Entitlement, EntitlementChange
from ..states import EntitlementState

ADULT = 18
HELD = Q(ends_on__gte=F("starts_on"))  # what turns out never to have held ends the day before it starts
NOT_PAYABLE = {  # code → what an officer reads
    "suspended": gettext_noop("The entitlement is suspended."),
    "stood_still": gettext_noop("The entitlement was suspended in that month: to make it up needs a decision."),
    "sealed": gettext_noop("The record is sealed: whoever may open it pays by hand."),
    "died": gettext_noop("The person died: end the entitlement, or record who is paid."),
    "competing_payees": gettext_noop("Two people claim to be paid for this person: end one of the claims."),
    "nobody_to_pay": gettext_noop("The person is a child and nobody is recorded who is paid for them."),
    "several_entitlements": gettext_noop("The person holds this twice for the same month: end one of the two."),
    "competing_accounts": gettext_noop("Two different accounts are recorded for who is paid: end one of them."),
}


@dataclass(frozen=True, slots=True)
class Due:
    """An amount that is due for a period. `reason_not_payable`: a key of NOT_PAYABLE, empty where it can be paid.

    Persons are those that stand for their records. `period_start` is the month for which it is due: that of the cycle,
    or for what is given once the month in which it became due, which may lie before.
    """

    entitlement_id: UUID
    beneficiary_id: UUID  # as the decision names them
    canonical_beneficiary_id: UUID
    household_id: UUID
    office_id: UUID
    payee_id: UUID | None
    amount: int
    currency: str
    decision_id: UUID
    programme_code: str
    period: str
    period_start: date
    starts_on: date
    reason_not_payable: str


def due_entitlements(
    *, programme: Programme | str, period: Period, known_at: datetime, of: Collection[UUID] | None = None
) -> list[Due]:
    """Everything that is due under a programme for a month (the first day included, the end not), payable or not.

    A monthly amount is due whole for a month that it touches; what is given once is due from its day on, until it is
    ended or a cycle has taken it: whoever asks leaves out what was paid. Granted by `known_at`; suspended and ended as
    it stands now. `of`: only what is due to these persons, by the ids that stand for them. In a stable order. Six
    queries, however many. Refuses a programme that another body pays.
    """
    found = programme if isinstance(programme, Programme) else Programme.objects.get(code=programme)
    if found.paid_from is None:
        raise Refused(
            "paid_elsewhere", gettext_noop("“%(programme)s” is not paid by this authority."),
            gettext_noop("Send the monthly list to the body that pays it."), programme=found.code,
        )  # fmt: skip
    rights = _going_on(found, period).filter(granted_at__lte=known_at)
    if of is not None:
        rights = rights.filter(beneficiary__canonical_id__in=of)
    rows = list(_rows(rights))
    who = _Who.read(found.code, rights, day(known_at, zone()))
    still = _stood_still(rights, period)
    months = {row["pk"]: row["starts_on"].replace(day=1) if row["period"] == "once" else period.start for row in rows}
    held = Counter((row["canonical"], months[row["pk"]]) for row in rows if row["period"] != "once")
    return [_due(found.code, row, months[row["pk"]], who, period, held, row["pk"] in still) for row in rows]


def payable_rights(*, programme: Programme, period: Period) -> QuerySet[Entitlement]:
    """What goes on in a month and is not suspended, at this very instant: for whoever holds a lock and cannot look
    long. Whether it can be paid, and to whom, only `due_entitlements` says."""
    return _going_on(programme, period).exclude(state=EntitlementState.SUSPENDED, suspended_from__lt=period.end)


def _going_on(programme: Programme, period: Period) -> QuerySet[Entitlement]:
    assert period.end is not None, "a cycle has an end"
    monthly = ~Q(period="once") & (Q(ends_on=None) | Q(ends_on__gte=period.start) & HELD)
    live = Q(period="once") & ~Q(state=EntitlementState.ENDED) | monthly
    rights = Entitlement.objects.filter(live, programme=programme, starts_on__lt=period.end)
    return rights.exclude(replaced_in(period))


def _rows(rights: QuerySet[Entitlement]) -> Iterable[dict[str, Any]]:
    return rights.order_by("granted_at", "pk").values(
        "pk", "household_id", "office_id", "beneficiary_id", "amount", "currency", "decision_id", "period",
        "starts_on", "state", "suspended_from", canonical=F("beneficiary__canonical_id"),
        household_sealed=F("household__sealed_at"), person_sealed=F("beneficiary__sealed_at"),
        asks=F("decision__application__applicant__canonical_id"),
    )  # fmt: skip


def replaced_in(period: Period) -> Q:
    """What a new decision took the place of before the month was over: the new amount is due for that month. One that
    turned out never to have held takes the place of nothing."""
    newer = Entitlement.objects.exclude(replaces=None).filter(Q(ends_on=None) | HELD, starts_on__lt=period.end)
    return Q(pk__in=newer.values("replaces_id"))


def _stood_still(rights: QuerySet[Entitlement], period: Period) -> set[UUID]:
    """Monthly rights that were suspended when the month was over. Going on later, or ending, does not make it up."""
    assert period.end is not None, "a cycle has an end"
    said = EntitlementChange.objects.filter(
        entitlement__in=rights.exclude(period="once"), kind__in=[ChangeKind.SUSPENDED, ChangeKind.RESUMED]
    ).order_by("at", "pk")
    since: dict[UUID, date] = {}
    still = set()
    for right, kind, on in said.values_list("entitlement_id", "kind", "on"):
        if kind == ChangeKind.SUSPENDED:
            since[right] = on
        elif since.pop(right, period.end) < period.end <= on:
            still.add(right)
    return still | {right for right, on in since.items() if on < period.end}


@dataclass(frozen=True)
class _Who:
    """Who is paid for whom, who is of age, who has died, whose accounts compete; read once for all rows."""

    payees: dict[UUID, set[UUID]]
    born: dict[UUID, date | None]
    died: dict[UUID, date | None]
    accounts: dict[UUID, set[str]]
    on: date

    @classmethod
    def read(cls, code: str, rights: QuerySet[Entitlement], on: date) -> "_Who":
        persons = rights.values("beneficiary__canonical_id")
        payees: dict[UUID, set[UUID]] = defaultdict(set)
        claims = Representation.objects.filter(
            valid(on), Q(ended_on=None) | Q(ended_on__gt=on), capacity="payee", person__canonical_id__in=persons
        )
        for person, by, scope in claims.values_list("person__canonical_id", "by_person__canonical_id", "scope"):
            if not scope or code in scope:
                payees[person].add(by)
        asking = rights.values("decision__application__applicant__canonical_id")
        concerned = (
            Q(person__in=persons) | Q(person__in=asking) | Q(person__in={p for by in payees.values() for p in by})
        )
        said = Identity.objects.filter(concerned).values_list("person_id", "birth_date", "birth_year", "died_on")
        # of whom only the year is known may be born on its last day: a child as long as that can be
        lives = {pk: (born or (date(year, 12, 31) if year else None), died) for pk, born, year, died in said}
        accounts: dict[UUID, set[str]] = defaultdict(set)
        in_use = PaymentAccount.objects.filter(
            Q(ended_on=None) | Q(ended_on__gt=on), valid_from__lte=on, person__canonical_id__in=list(lives)
        )
        for person, blind in in_use.values_list("person__canonical_id", "blind"):
            accounts[person].add(blind)
        return cls(
            payees, {p: born for p, (born, _) in lives.items()}, {p: died for p, (_, died) in lives.items()},
            accounts, on,
        )  # fmt: skip

    def child(self, person: UUID) -> bool:
        born = self.born.get(person)
        return born is not None and age_on(born, self.on) < ADULT

    def paid_for(self, person: UUID, asks: UUID) -> UUID | None:
        """The recorded payee; else the person; for a child whoever asked, where that is an adult."""
        claims = self.payees.get(person, set())
        if claims:
            return next(iter(claims)) if len(claims) == 1 else None
        if not self.child(person):
            return person
        return asks if asks != person and not self.child(asks) else None


def _due(
    code: str, row: dict[str, Any], month: date, who: _Who, period: Period, held: Counter[tuple[UUID, date]],
    still: bool,
) -> Due:  # fmt: skip
    person = row["canonical"]
    payee = who.paid_for(person, row["asks"])
    return Due(
        entitlement_id=row["pk"], beneficiary_id=row["beneficiary_id"], canonical_beneficiary_id=person,
        household_id=row["household_id"], office_id=row["office_id"], payee_id=payee, amount=row["amount"],
        currency=row["currency"], decision_id=row["decision_id"], programme_code=code, period=row["period"],
        period_start=month, starts_on=row["starts_on"],
        reason_not_payable=next(_reasons(row, month, payee, who, period, held, still), ""),
    )  # fmt: skip


def _reasons(
    row: dict[str, Any], month: date, payee: UUID | None, who: _Who, period: Period,
    held: Counter[tuple[UUID, date]], still: bool,
) -> Iterable[str]:  # fmt: skip
    """Why it cannot be paid, the first that somebody has to mend first."""
    person = row["canonical"]
    if row["state"] == EntitlementState.SUSPENDED and row["suspended_from"] < (period.end or row["suspended_from"]):
        yield "suspended"
    if still:
        yield "stood_still"
    if row["household_sealed"] or row["person_sealed"]:
        yield "sealed"
    if who.died.get(person) or (payee and who.died.get(payee)):
        yield "died"
    if len(who.payees.get(person, ())) > 1:
        yield "competing_payees"
    if held[(person, month)] > 1:
        yield "several_entitlements"
    if payee is None:
        yield "nobody_to_pay"
    elif len(who.accounts.get(payee, ())) > 1:
        yield "competing_accounts"
