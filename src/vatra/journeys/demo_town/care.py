"""Help that goes on for a while: a household's case from its opening to its end, with the people it is sent to."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Protocol

from vatra.foundation.docket.queries import deadlines_of
from vatra.kernel.actor import Actor
from vatra.rooms.cases import commands as cases
from vatra.rooms.cases.definition import REVIEW, definition_of
from vatra.rooms.cases.models import Action, Case, Need, Referral, Review, Visit
from vatra.rooms.cases.queries.suggestions import suggestions
from vatra.rooms.cases.referral_states import ENDED
from vatra.rooms.people.commands import give_consent
from vatra.rooms.people.models import Household, Person
from vatra.rooms.providers.models import Service

from .clock import OfficeHours
from .staff import Staff
from .town import Home

Event = Callable[[datetime], None]
TOLD = ("name", "age", "need")  # what a recipient is told; a telephone is not always there


class Office(Protocol):
    """What a case needs of the service in which it is worked on."""

    sheet: Mapping[str, Any]
    care_rng: Random
    hours: OfficeHours
    staff: Staff

    def plan(self, at: datetime, event: Event) -> None: ...


def kind_of_case(home: Home, on: datetime, said: Mapping[str, Any], rng: Random) -> tuple[str, int | None] | None:
    """(type of case, place of the person it is about), or None: most households need no case."""
    if home.sealed_because:
        return "domestic-violence", 0
    if home.case:
        return home.case, None if said["types"][home.case].get("household") else 0
    ages = [member.age(on.date()) for member in home.members]
    grown = [n for n, member in enumerate(home.members) if ages[n] >= 18 and member.disability in {"severe", "marked"}]
    minors = [n for n, age in enumerate(ages) if age < 18]
    fits: list[tuple[str, int | None]] = []
    if len(ages) == 1 and ages[0] >= 70:
        fits.append(("older-person-alone", 0))
    if grown:
        fits.append(("adult-with-disability", grown[0]))
    if minors and home.income() / len(ages) < 700:
        fits.append(("family-at-risk", None))
    if minors and not home.adults:
        fits.append(("child-protection", minors[0]))
    if minors and rng.random() < said["types"]["child-protection"]["share"]:
        fits.append(("child-protection", rng.choice(minors)))
    return next((one for one in fits if rng.random() < said["types"][one[0]]["share"]), None)


class Care:
    """One case and what becomes of it."""

    def __init__(self, office: Office, home: Home, household: Household, persons: list[Person]) -> None:
        self.office, self.home, self.household, self.persons = office, home, household, persons
        self.rng, self.hours, self.staff, self.said = office.care_rng, office.hours, office.staff, office.sheet["care"]
        self.case: Case
        self.worker: Actor
        self.words: Mapping[str, Any]
        self.about: Person

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def later(self, at: datetime, days: tuple[int, int], event: Event) -> None:
        self.office.plan(self.hours.after(at, self.rng.randint(*days), self.rng), event)

    def some(self, name: str) -> str:
        return self.rng.choice(self.words.get(name) or self.said[name])

    # -- from the opening to the plan -----------------------------------------------------------------------------

    def open(self, type: str, place: int | None, at: datetime) -> None:
        self.words = self.said["types"][type]
        workers = [u["username"] for u in self.staff.users if u["role"] == "social_worker"]
        self.worker = self.staff["mihai" if self.home.sealed_because or self.home.case else self.rng.choice(workers)]
        head = self.staff["doina"]
        opener = self.worker if self.home.sealed_because or self.chance(0.7) else head
        self.case = cases.open_case(
            household=self.household, type=type, person=self.persons[place].pk if place is not None else None,
            worker=self.worker.id, supervisor=head.id, risk=self.rng.choice(["low", "medium", "medium", "high"]),
            reason=self.some("reasons"), actor=opener, at=at,
        )  # fmt: skip
        self.about = self.persons[place or 0]
        self.later(at, (1, 4), self.first_visit)
        if opener is head:
            self.later(at, (0, 1), self.take_note)

    def take_note(self, at: datetime) -> None:
        cases.take_note_of_case(case=self.case.pk, actor=self.worker, at=at)

    def first_visit(self, at: datetime) -> None:
        cases.record_visit(case=self.case.pk, findings=self.some("findings"), actor=self.worker, at=at)
        for code in self.rng.sample(self.words["needs"], k=min(len(self.words["needs"]), self.rng.randint(1, 2))):
            person = None if self.words.get("household") else self.about.pk
            cases.record_need(case=self.case.pk, code=code, person=person, actor=self.worker, at=at)
        if self.chance(0.9):
            self.later(at, (1, 9), self.write_plan)

    def write_plan(self, at: datetime) -> None:
        cases.write_plan(
            case=self.case.pk, strengths=self.some("strengths"), safety=self.words.get("safety", ""),
            actor=self.worker, at=at,
        )  # fmt: skip
        for need in Need.objects.filter(case=self.case.pk):
            goal = cases.add_goal(case=self.case.pk, text=self.some("goals"), need=need.pk, actor=self.worker, at=at)
            for owner in self.rng.sample(["worker", "family", "provider"], k=self.rng.randint(1, 2)):
                cases.add_action(
                    goal=goal.pk, text=self.rng.choice(self.said["actions"][owner]), owner=owner,
                    due_on=at.date() + timedelta(days=self.rng.randint(10, 60)), actor=self.worker, at=at,
                )  # fmt: skip
        self.ask(at)

    def ask(self, at: datetime) -> None:
        cases.ask_review(case=self.case.pk, kind="plan", summary=self.some("summaries"), actor=self.worker, at=at)
        if self.chance(0.94):
            self.later(at, (0, 5), self.decide)

    def decide(self, at: datetime) -> None:
        """The head looks at the plan. One that comes back is mended and laid before her again."""
        review = Review.objects.filter(case=self.case.pk, state="asked").latest("asked_at")
        if self.chance(0.1):
            cases.return_review(review=review.pk, remark=self.some("remarks"), actor=self.staff["doina"], at=at)
            self.later(at, (1, 3), self.ask)
            return
        cases.approve_review(review=review.pk, actor=self.staff["doina"], at=at)
        for action in Action.objects.filter(case=self.case.pk).order_by("pk"):
            if self.chance(0.88):  # the others stand on somebody's day as overdue, and on the head's
                self.later(at, (3, 40), partial(self.act, action.pk))
        if not self.home.sealed_because:
            for need in Need.objects.filter(case=self.case.pk, state="open").order_by("pk"):
                if self.chance(0.75):
                    self.later(at, (0, 4), partial(self.refer, need.pk))
        self.later(at, (15, 45), self.visit_again)
        if self.chance(0.25):
            self.later(at, (10, 50), self.step)

    # -- the work -------------------------------------------------------------------------------------------------

    def act(self, action: Any, at: datetime) -> None:
        cases.complete_action(action=action, actor=self.worker, at=at)

    def step(self, at: datetime) -> None:
        levels = ["secondary_prevention", "case_management", "specialised"]
        self.case.refresh_from_db()
        here = levels.index(self.case.level) if self.case.level in levels else 1
        to = levels[max(0, min(2, here + self.rng.choice([-1, 1])))]
        cases.move_level(case=self.case.pk, level=to, reason=self.some("levels"), actor=self.worker, at=at)

    def visit_again(self, at: datetime) -> None:
        """The next visit is planned and made, missed now and then; then the case ends, or the visits go on."""
        if self.chance(0.12):
            cases.record_visit(case=self.case.pk, state="missed", reason=self.some("missed"), actor=self.worker, at=at)
        else:
            cases.record_visit(case=self.case.pk, findings=self.some("findings"), actor=self.worker, at=at)
            cases.write_note(case=self.case.pk, text=self.some("notes"), actor=self.worker, at=at)
        next_on = self.hours.after(at, self.rng.randint(12, 30), self.rng)
        if self.home.case or self.home.sealed_because or self.chance(0.5):
            visit = cases.plan_visit(
                case=self.case.pk, on=next_on.date(), purpose=self.some("purposes"), actor=self.worker, at=at
            )
            self.office.plan(next_on, partial(self.planned_visit, visit.pk))
            self.later(at, (0, 3), self.review)
        else:
            self.later(at, (3, 12), self.end)

    def planned_visit(self, visit: Any, at: datetime) -> None:
        if self.chance(0.85):  # the others stand on somebody's day as overdue
            cases.record_visit(
                case=self.case.pk, visit=visit, findings=self.some("findings"), actor=self.worker, at=at
            )  # fmt: skip
        self.later(at, (10, 30), self.visit_again)

    def review(self, at: datetime) -> None:
        """A review that comes round is laid before the head while its day is near; now and then she takes her time."""
        terms = deadlines_of("cases.case", [self.case.pk])
        kinds = {step.deadline for step in definition_of(self.case.type).steps_done_by(REVIEW)}
        near = at.date() + timedelta(days=30)
        if any(term.kind in kinds and term.met_on is None and term.due_on <= near for term in terms):
            review = cases.ask_review(
                case=self.case.pk, kind="periodic", summary=self.some("summaries"), actor=self.worker, at=at
            )
            if self.chance(0.9):
                self.later(at, (0, 6), partial(self.agree, review.pk))

    def agree(self, review: Any, at: datetime) -> None:
        cases.approve_review(review=review, actor=self.staff["doina"], at=at)

    def end(self, at: datetime) -> None:
        """The end is laid before the head first; the outcomes of the type that come first are the commoner ones."""
        for action in Action.objects.filter(case=self.case.pk, state="planned").order_by("pk"):
            cases.complete_action(
                action=action.pk, state="dropped", reason=self.some("dropped"), actor=self.worker, at=at
            )
        for visit in Visit.objects.filter(case=self.case.pk, state="planned").order_by("pk"):
            called_off = {"state": "cancelled", "reason": self.some("dropped")}
            cases.record_visit(case=self.case.pk, visit=visit.pk, **called_off, actor=self.worker, at=at)
        definition = definition_of(Case.objects.select_related("type").get(pk=self.case.pk).type)
        if any(one.holds == "closure_approved" for one in definition.closing):
            review = cases.ask_review(
                case=self.case.pk, kind="closing", summary=self.some("summaries"), actor=self.worker, at=at
            )
            cases.approve_review(review=review.pk, actor=self.staff["doina"], at=at + timedelta(minutes=20))
        outcomes = [one.code for one in definition.outcomes]
        outcome = self.rng.choices(outcomes, weights=[9, 5, *[1] * (len(outcomes) - 2)])[0]
        self.end_referrals(at)
        ends = {}
        for need in Need.objects.filter(case=self.case.pk, state="open").order_by("pk"):
            met = self.chance(0.72)
            ends[need.pk] = ("met", "") if met else ("unmet", self.some("unmet"))
        cases.close_case(
            case=self.case.pk, outcome=outcome, needs=ends, actor=self.worker, at=at + timedelta(minutes=30)
        )

    def end_referrals(self, at: datetime) -> None:
        """What has begun goes on without the case; whoever was still to answer is told that nobody comes."""
        for row in Referral.objects.filter(case=self.case.pk).exclude(state__in=ENDED).order_by("pk"):
            by = {"referral": row.pk, "actor": self.worker, "at": at}
            if row.state in {"started", "delivered"}:
                cases.give_outcome(outcome="goes_on", **by)
            if row.state in {"started", "delivered", "outcome", "declined"}:
                cases.close_referral(**by)
            else:
                cases.withdraw_referral(because=self.some("withdrawn"), **by)

    # -- sending somebody to a service ----------------------------------------------------------------------------

    def refer(self, need: Any, at: datetime, before: Any = None, choice: int = 0) -> None:
        """To the fittest service of the directory; to the next one when that has declined."""
        found = suggestions(need, actor=self.worker, at=at, person=self.about.pk)
        if not found:
            return
        service = Service.objects.select_related("provider").get(pk=found[min(choice, len(found) - 1)].service)
        consent = give_consent(
            person=self.about, purpose="share_referral", recipient=service.provider.body_id,
            how="signed" if self.chance(0.8) else "spoken", actor=self.worker, at=at,
        )  # fmt: skip
        said = {
            "request": self.some("requests"), "fields": TOLD, "service": service.pk, "consent": consent.pk,
            "actor": self.worker, "at": at,
        }  # fmt: skip
        if before is None:
            made = cases.send_referral(case=self.case.pk, person=self.about.pk, need=need, **said)
        else:
            made = cases.refer_again(referral=before, **said)
        if self.chance(0.9):
            self.later(at, (0, 5), partial(self.answer, made.pk, choice))

    def _recipient(self, referral: Any) -> tuple[Referral, Actor] | None:
        """A referral that is still open, and somebody of its provider where one works with Vatra; otherwise the worker
        writes down what was said."""
        row = Referral.objects.exclude(state__in=ENDED).filter(pk=referral).first()
        if row is None:
            return None
        body = str(row.to_body_id)
        return row, next((one for one in self.staff.actors.values() if one.office == body), self.worker)

    def answer(self, referral: Any, choice: int, at: datetime) -> None:
        if not (found := self._recipient(referral)):
            return
        row, who = found
        cases.see(referral=referral, actor=who, at=at)
        if self.chance(0.12):
            return  # opened, and no answer: it grows late
        if self.chance(0.2):
            cases.decline(
                referral=referral, reason=self.rng.choice(["no_places", "too_far", "other_group"]),
                note=self.some("declined"), actor=who, at=at + timedelta(minutes=4),
            )  # fmt: skip
            if choice < 2 and self.chance(0.8):
                self.later(at, (0, 3), partial(self.refer, row.need_id, before=referral, choice=choice + 1))
            return
        if self.chance(0.2):
            cases.put_on_waiting_list(referral=referral, actor=who, at=at + timedelta(minutes=4))
            if self.chance(0.6):
                self.later(at, (8, 25), partial(self.take_on, referral))
            return
        self.take_on(referral, at + timedelta(minutes=4))

    def take_on(self, referral: Any, at: datetime) -> None:
        if found := self._recipient(referral):
            cases.accept(referral=referral, actor=found[1], at=at)
            if self.chance(0.92):
                self.later(at, (1, 8), partial(self.serve, referral))

    def serve(self, referral: Any, at: datetime) -> None:
        if found := self._recipient(referral):
            cases.start(referral=referral, actor=found[1], at=at)
            if self.chance(0.75):
                self.later(at, (10, 55), partial(self.report, referral))

    def report(self, referral: Any, at: datetime) -> None:
        if not (found := self._recipient(referral)):
            return
        _, who = found
        cases.deliver(referral=referral, actor=who, at=at)
        if self.chance(0.15):
            return
        outcome = self.rng.choices(["reached", "partly", "goes_on", "not_reached"], weights=[5, 3, 3, 1])[0]
        cases.give_outcome(referral=referral, outcome=outcome, actor=who, at=at + timedelta(minutes=6))
        if self.chance(0.85):
            self.later(at, (0, 4), partial(self.note, referral, outcome))

    def note(self, referral: Any, outcome: str, at: datetime) -> None:
        """The worker takes note of the outcome, and with it the need is met."""
        if not self._recipient(referral):
            return
        row = cases.close_referral(referral=referral, actor=self.worker, at=at)
        if row.need_id and outcome in {"reached", "goes_on"}:
            cases.close_need(need=row.need_id, state="met", actor=self.worker, at=at)
