"""Months of a service's work: what happens when, by whom, through the commands that the screens call.

A queue of events in the order of their instants; an event may put later ones into the queue. So numbers of the docket
follow the clock, and every figure has its history.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from vatra.foundation.access.queries import grants_read_once
from vatra.foundation.catalogue.queries import calendar, zone
from vatra.foundation.forms.models import FormVersion
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.rooms.benefits import commands as benefits
from vatra.rooms.benefits.models import Application
from vatra.rooms.cases.reminders import remind
from vatra.rooms.intake.commands import open_contact
from vatra.rooms.people import commands as people
from vatra.rooms.people.models import Household, Person

from .care import Care, kind_of_case
from .clock import OPENS, OfficeHours
from .pay import Pay
from .slips import as_written
from .staff import Staff
from .town import Home
from .visit import SEASON, Event, Visit, draft_of, kin_written_down, members_of

BATCH = 40  # events in one transaction


@dataclass
class Tally:
    """What was done, for whoever watches."""

    events: int = 0
    refused: dict[str, int] = field(default_factory=dict)


class Service:
    """The office at work on the town's households."""

    def __init__(
        self, staff: Staff, homes: list[Home], *, sheet: Mapping[str, Any], first: date, last: date, seed: int
    ) -> None:
        self.staff, self.homes, self.sheet = staff, homes, sheet
        self.hours = OfficeHours(calendar(), zone(), first=first, last=last)
        self.end = datetime.combine(last + timedelta(days=1), datetime.min.time(), self.hours.zone)
        self.rng = random.Random(f"work {seed}")
        self.care_rng = random.Random(f"care {seed}")
        self.pay_rng = random.Random(f"pay {seed}")
        self.areas = {area.code: area for area in Area.objects.all()}
        self.form = FormVersion.objects.filter(form="screening", retired_at=None).first()
        self.to_forward: dict[str, list[Application]] = {}
        self.tally = Tally()
        self._queue: list[tuple[datetime, int, Event]] = []
        self._order = itertools.count()

    # -- the queue ------------------------------------------------------------------------------------------------

    def plan(self, at: datetime, event: Event) -> None:
        """Something will happen then, unless the town is opened before."""
        if at < self.end:
            heapq.heappush(self._queue, (at, next(self._order), event))

    def run(self, say: Callable[[datetime, Tally], None]) -> Tally:
        """Let everything happen. `say` is told now and then how far the service has come."""
        self._plan_arrivals()
        self._plan_lists()
        self._plan_mornings()
        Pay(self).begin(self.hours.moment(self.hours.days[0], self.pay_rng))
        with grants_read_once():
            while self._queue:
                with transaction.atomic():
                    for _ in range(min(BATCH, len(self._queue))):
                        at, _, event = heapq.heappop(self._queue)
                        self._happen(at, event)
                say(at, self.tally)
        return self.tally

    def _happen(self, at: datetime, event: Event) -> None:
        """One event. What the house refuses is refused here too: the officer goes on with the next."""
        try:
            with transaction.atomic():
                event(at)
        except Refused as refusal:
            self.tally.refused[refusal.code] = self.tally.refused.get(refusal.code, 0) + 1
        self.tally.events += 1

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def window(self, home: Home) -> Actor:
        if home.other_office:
            return self.staff["sami"]
        names = self._holding("window_officer") + self._holding("social_worker")
        return self.staff[self.rng.choice(names)]

    def _holding(self, role: str) -> list[str]:
        return [u["username"] for u in self.staff.users if u["role"] == role and u["username"] != "sami"]

    # -- who comes when -------------------------------------------------------------------------------------------

    def _plan_arrivals(self) -> None:
        """Every household comes once; more of them when the cold season begins, the last known ones today."""
        days = self.hours.days
        weights = [2.2 if day.month in SEASON else 1.0 for day in days]
        arrivals = sorted(self.rng.choices(days, weights=weights, k=len(self.homes)))
        late = {id(home) for home in self.homes if home.applications == () and not home.sealed_because}
        for home, day in zip(self.homes, self._shuffled(arrivals), strict=True):
            if home.on_card:
                # From the old card index, brought over in the first weeks, a pile every afternoon.
                card = days[min(len(days) - 1, int(self.rng.triangular(0, len(days) // 4, 5)))]
                self.plan(self.hours.moment(card, self.rng, busy_mornings=False), partial(self.bring_over, home))
                continue
            on = days[-1] if id(home) in late else day
            if home.sealed_because:
                on = days[len(days) // 3]
            self.plan(self.hours.moment(on, self.rng), partial(self.arrive, home))

    def _shuffled(self, days: list[date]) -> list[date]:
        self.rng.shuffle(days)
        return days

    def _plan_lists(self) -> None:
        """What others decide is sent on every Thursday, the day before if that is a holiday."""
        for one, following in itertools.pairwise(self.hours.days):
            if one.weekday() <= 3 and (following.weekday() > 3 or following - one > timedelta(days=3)):
                at = self.hours.moment(one, self.rng).replace(hour=15, minute=self.rng.randint(0, 40))
                self.plan(at, self.send_lists)

    def _plan_mornings(self) -> None:
        """What the house does by itself comes round every morning: whoever is late is reminded."""
        for on in self.hours.days:
            self.plan(datetime.combine(on, OPENS, self.hours.zone), self.morning)

    def morning(self, at: datetime) -> None:
        remind(at=at)

    def care_for(self, home: Home, household: Household, persons: list[Person], at: datetime) -> None:
        """A case for a few of those who came."""
        found = None if home.other_office else kind_of_case(home, at, self.sheet["care"], self.care_rng)
        if found is not None:
            care = Care(self, home, household, persons)
            self.plan(self.hours.after(at, self.care_rng.randint(0, 6), self.care_rng), partial(care.open, *found))

    # -- the first visit ------------------------------------------------------------------------------------------

    def bring_over(self, home: Home, at: datetime) -> None:
        """A card of the old index is typed in: who they are, and kinship where roles do not tell it. Nothing is asked."""
        household, persons = self.register(home, self.window(home), at)
        if home.guardian is not None:
            self.relate(home, persons, self.window(home), at)
        if self.chance(0.2):
            visit = Visit(self, home, household, persons, self.window(home))
            self.plan(self.hours.after(at, self.rng.randint(2, 90), self.rng), visit.look)

    def register(self, home: Home, actor: Actor, at: datetime) -> tuple[Household, list[Person]]:
        rng = self.rng
        written = [as_written(member, rng) if home.applications is None else member for member in home.members]
        household = people.register_household(
            office=self.staff.other.pk if home.other_office else self.staff.office.pk, area=self.areas.get(home.area),
            line=home.line, since=home.since, members=[(draft_of(member), member.role) for member in written],
            actor=actor, at=at,
        )  # fmt: skip
        return household, members_of(household)

    def relate(self, home: Home, persons: list[Person], actor: Actor, at: datetime) -> None:
        for one, relation, other in kin_written_down(home):
            if home.applications is not None or self.chance(0.93):
                people.record_kinship(
                    person=persons[one], relative=persons[other], relation=relation, actor=actor, at=at
                )

    def arrive(self, home: Home, at: datetime) -> None:
        """Somebody of the household comes: a contact, the registration, consent, the first questions."""
        actor, rng = self.window(home), self.rng
        office = self.staff.other.pk if home.other_office else self.staff.office.pk
        contact = open_contact(
            office=office, channel="window", reason=rng.choice(self.sheet["reasons"]),
            danger=["violence"] if home.sealed_because else [], actor=actor, at=at,
        )  # fmt: skip
        then = self.hours.soon(at, rng, minutes=(3, 9))
        household, persons = self.register(home, actor, then)
        people.give_consent(
            person=persons[0], purpose="registration", how="signed" if self.chance(0.8) else "spoken", actor=actor,
            at=then,
        )  # fmt: skip
        self.relate(home, persons, actor, then)
        if home.sealed_because:
            people.seal_household(
                household=household, because=home.sealed_because, team=[self.staff["mihai"].id],
                actor=self.staff["doina"], at=self.hours.soon(then, rng, minutes=(2, 4)),
            )  # fmt: skip
            actor = self.staff["mihai"]
        visit = Visit(self, home, household, persons, actor)
        if home.guardian is not None:
            visit.name_guardian(then)
        self.plan(self.hours.soon(then, rng, minutes=(4, 12)), partial(visit.screen, contact))

    def send_lists(self, at: datetime) -> None:
        """The week's applications for what others decide go out, a list for each programme and office."""
        for applications in self.to_forward.values():
            ready = [a.pk for a in applications]
            applications.clear()
            if ready:
                benefits.forward(applications=ready, actor=self.staff["ioana"], at=at)
