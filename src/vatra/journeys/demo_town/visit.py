"""One household's dealings with the service: the first questions, applications, decisions, and what comes after."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Protocol

from vatra.foundation.forms.models import FormVersion
from vatra.foundation.places.models import Area
from vatra.journeys.submit_form import submit_form
from vatra.kernel.actor import Actor
from vatra.rooms.benefits import commands as benefits
from vatra.rooms.benefits.models import Application, Decision, Determination, Paper
from vatra.rooms.intake.commands import close_contact
from vatra.rooms.people import commands as people
from vatra.rooms.people.commands import NewFact, PersonDraft
from vatra.rooms.people.models import Household, Membership, Person

from .bank import account_number
from .clock import OfficeHours
from .slips import as_written
from .staff import Staff
from .town import Home, Member

Event = Callable[[datetime], None]
SEASON = {9, 10, 11, 12}


class Office(Protocol):
    """What a visit needs of the service that receives it."""

    sheet: Mapping[str, Any]
    rng: Random
    hours: OfficeHours
    staff: Staff
    areas: dict[str, Area]
    form: FormVersion | None
    to_forward: dict[str, list[Application]]

    def plan(self, at: datetime, event: Event) -> None: ...

    def window(self, home: Home) -> Actor: ...

    def care_for(self, home: Home, household: Household, persons: list[Any], at: datetime) -> None: ...


class Visit:
    """One household's dealings with the service, from the first questions on."""

    def __init__(self, service: Office, home: Home, household: Household, persons: list[Any], actor: Actor) -> None:
        self.service, self.home, self.household, self.persons, self.actor = service, home, household, persons, actor
        self.rng, self.hours, self.staff = service.rng, service.hours, service.staff

    def plan(self, at: datetime, event: Event) -> None:
        self.service.plan(at, event)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def name_guardian(self, at: datetime) -> None:
        """The grandparent acts, and is paid, for the grandchildren in their care."""
        guardian = self.persons[self.home.guardian or 0]
        for person, member in zip(self.persons, self.home.members, strict=True):
            if member.role == "grandchild":
                for capacity in ("representative", "payee"):
                    people.represent(
                        person=person, by_person=guardian, capacity=capacity, basis="guardianship",
                        valid_from=at.date(), actor=self.actor, at=at,
                    )  # fmt: skip

    def screen(self, contact: Any, at: datetime) -> None:
        """The first questions, as far as they were asked, and what they lead to."""
        if self.service.form is not None and (self.home.applications is not None or self.chance(0.86)):
            submit_form(
                form_version=self.service.form, household=self.household, answers=self._answers(at),
                instance_id=f"demo:{self.household.number}", contact=contact, actor=self.actor, at=at,
            )  # fmt: skip
        wanted = self._wanted(at)
        at = self.hours.soon(at, self.rng, minutes=(2, 9))
        close_contact(
            contact.pk, outcome="applied" if wanted else "advised", household=self.household, actor=self.actor, at=at
        )
        for programme, beneficiary in wanted:
            self.plan(self.hours.soon(at, self.rng, minutes=(1, 14)), partial(self.apply, programme, beneficiary))
        self.service.care_for(self.home, self.household, self.persons, at)
        self._later(at)

    def _answers(self, at: datetime) -> dict[str, Any]:
        """The form as it was filled: now and then a question was left out, or the amount was rounded."""
        home, rng = self.home, self.rng
        skipped = set(home.leave_out)
        if home.applications is None and self.chance(0.22):
            skipped.add(rng.choice(["excluding_asset", "children_income", "heating", "anyone_disabled", "emergency"]))
        house = {
            "heating": home.heating, "housing": home.housing, "excluding_asset": home.asset,
            "anyone_disabled": "yes" if home.disabled else "no", "children_income": str(home.children_income),
        }  # fmt: skip
        need: dict[str, str] = {"emergency": home.emergency}
        if home.emergency != "none":
            home.emergency_on = at.date() - timedelta(days=rng.randint(2, 40))
            need |= {
                "emergency_on": home.emergency_on.isoformat(), "emergency_costs": str(home.emergency_costs),
                "emergency_aid_before": "no",
            }  # fmt: skip
        return {
            "home": {name: value for name, value in house.items() if name not in skipped},
            "need": {} if "emergency" in skipped else need,
            "member": [self._member(person, member) for person, member in self._together()],
        }

    def _together(self) -> list[tuple[Any, Member]]:
        return list(zip(self.persons, self.home.members, strict=True))

    def _member(self, person: Any, member: Member) -> dict[str, str]:
        said = {"person": str(person.pk), "schooling": member.schooling or "none"}
        if member.occupation:
            said["occupation"] = member.occupation
        if member.net_income is not None:
            said["net_income"] = str(member.net_income)
            if member.net_income:
                said["earnings"] = str(member.earnings)
        if self.home.disabled:
            said["disability_degree"] = member.disability
        return said

    def _wanted(self, at: datetime) -> list[tuple[str, int]]:
        """What they apply for that day, (programme, place of the beneficiary): what an officer would suggest."""
        home = self.home
        if home.applications is not None:
            return [(programme, 0) for programme in home.applications]
        found: list[tuple[str, int]] = []
        head = home.income() / max(len(home.members), 1)
        if head < 1500 and (at.month in SEASON or at.month <= 3) and self.chance(0.42):
            found.append(("heating-aid", 0))
        if home.income() / (1 + 0.5 * (len(home.members) - 1)) < 480 and self.chance(0.48):
            found.append(("minimum-inclusion-income", 0))
        for place, member in enumerate(home.members):
            if member.disability != "none" and self.chance(0.35):
                found.append(("disability-benefit", place))
            if member.age(at.date()) < 2 and self.chance(0.7):
                found.append(("state-child-allowance", place))
        if home.emergency != "none" and self.chance(0.8):
            found.append(("emergency-aid", 0))
        severe = [n for n, m in enumerate(home.members) if m.disability == "severe" and m.age(at.date()) >= 18]
        if severe and self.chance(0.5):
            found.insert(0, ("personal-assistant-allowance", severe[0]))
        return found[:2]

    # -- applications ---------------------------------------------------------------------------------------------

    def apply(self, programme: str, place: int, at: datetime) -> None:
        """The application is registered, and the papers that are there are seen."""
        made = benefits.apply(
            household=self.household, programme=programme, applicant=self.persons[self._applicant(place)],
            beneficiary=self.persons[place], filed_on=None, actor=self.actor, at=at,
        )  # fmt: skip
        if programme in self.service.sheet["money"]["accounts"]:
            self._account(made, programme, place, at)
        papers = list(Paper.objects.filter(application=made).order_by("id"))
        missing = [paper.code for paper in papers if not self.chance(0.83)]
        self._see(made, [paper.code for paper in papers if paper.code not in missing], at)
        if not missing:
            self._completed(made, at)
        elif self.chance(0.86):
            back = self.hours.after(at, self.rng.randint(2, 15), self.rng)
            self.plan(back, partial(self.bring_papers, made, missing))
            if self.chance(0.3):
                self.plan(self.hours.after(at, 1, self.rng), partial(self.ask_papers, made))
        elif self.chance(0.25):
            self.plan(self.hours.after(at, self.rng.randint(5, 20), self.rng), partial(self.withdraw, made))

    def _account(self, application: Application, programme: str, place: int, at: datetime) -> None:
        """Where the money is to go, where they have an account; and for the allowance, what its certificate says."""
        said = self.service.sheet["money"]
        payee = application.payee or application.beneficiary
        if programme == "personal-assistant-allowance":
            until = at.date() + timedelta(days=self.rng.randint(200, 1400))
            facts = {
                "assistant_right": True, "certificate_until": until, "assistant_choice": "allowance",
                "allowance_agreed": True, "in_residential_care": False,
            }  # fmt: skip
            people.record_facts(
                facts=[NewFact(self.persons[place], code, value, valid_from=at.date()) for code, value in facts.items()],
                source="document", source_ref=None, actor=self.actor, at=at,
            )  # fmt: skip
        if payee and self.chance(said["accounts"][programme]):
            people.add_account(person=payee, iban=account_number(said["account"], self.rng), actor=self.actor, at=at)

    def _applicant(self, place: int) -> int:
        """Whoever is of age asks for themselves; for a child, the first adult of the household."""
        grown = [n for n, m in enumerate(self.home.members) if m.role not in {"child", "grandchild"}]
        return place if place in grown else (grown or [0])[0]

    def _see(self, application: Application, codes: list[str], at: datetime) -> None:
        for code in codes:
            seen = self.rng.choices(["original", "certified_copy", "register_checked"], weights=[5, 4, 1])[0]
            benefits.see_paper(application=application, code=code, seen=seen, actor=self.actor, at=at)

    def bring_papers(self, application: Application, codes: list[str], at: datetime) -> None:
        application.refresh_from_db()
        self._see(application, codes, at)
        self._completed(application, at)

    def ask_papers(self, application: Application, at: datetime) -> None:
        benefits.request_papers(application=application, actor=self.actor, at=at)

    def withdraw(self, application: Application, at: datetime) -> None:
        benefits.withdraw(application=application, because="s-a răzgândit", actor=self.actor, at=at)

    def _completed(self, application: Application, at: datetime) -> None:
        if Determination.objects.filter(application=application).exists():
            if not self.home.other_office:
                self.plan(self.hours.after(at, self.rng.randint(1, 6), self.rng), partial(self.draft, application))
        else:
            key = f"{application.programme_id}:{application.office_id}"
            if not self.home.other_office:
                self.service.to_forward.setdefault(key, []).append(application)

    # -- decisions ------------------------------------------------------------------------------------------------

    def draft(self, application: Application, at: datetime) -> None:
        """What was not asked is asked first: the rules decide nothing that they do not know."""
        self._ask_what_is_missing(application, at)
        decision = benefits.draft_decision(application=application, actor=self.staff["ioana"], at=at)
        self.plan(self.hours.after(at, self.rng.randint(0, 2), self.rng), partial(self.report, decision))

    def _ask_what_is_missing(self, application: Application, at: datetime) -> None:
        """The benefits officer rings up and records what the screening left out."""
        home = self.home
        latest = Determination.objects.filter(application=application).order_by("-determined_at", "-id").first()
        missing = {one["fact"] for one in latest.frozen["missing"]}
        known = {
            "heating": home.heating, "housing": home.housing, "excluding_asset": home.asset,
            "anyone_disabled": home.disabled, "children_income": home.children_income * 100,
            "emergency": home.emergency,
        }  # fmt: skip
        facts = [
            NewFact(self.household, code, value, valid_from=application.filed_on)
            for code, value in known.items()
            if code in missing and code not in home.leave_out
        ]
        for person, member in self._together():
            if member.net_income is None:
                continue
            said = {"net_income": member.net_income * 100, "earnings": member.earnings * 100}
            facts += [NewFact(person, c, v, valid_from=application.filed_on) for c, v in said.items() if c in missing]
        if facts:
            people.record_facts(facts=facts, source="declared", source_ref=None, actor=self.staff["ioana"], at=at)

    def report(self, decision: Decision, at: datetime) -> None:
        if self.chance(0.05):
            benefits.return_draft(
                decision=decision, because="Lipsește mențiunea despre locuință.", actor=self.staff["doina"], at=at
            )
            again = self.hours.after(at, 1, self.rng)
            self.plan(again, partial(self.draft, decision.application))
            return
        benefits.report(decision=decision, reason=None, actor=self.staff["doina"], at=at)
        self.plan(self.hours.after(at, self.rng.randint(0, 2), self.rng), partial(self.countersign, decision))

    def countersign(self, decision: Decision, at: datetime) -> None:
        benefits.countersign(decision=decision, actor=self.staff["vasile"], at=at)
        self.plan(self.hours.after(at, self.rng.randint(0, 2), self.rng), partial(self.sign, decision))

    def sign(self, decision: Decision, at: datetime) -> None:
        benefits.sign(decision=decision, actor=self.staff["radu"], at=at)
        if self.chance(0.92):
            self.plan(self.hours.after(at, self.rng.randint(1, 8), self.rng), partial(self.deliver, decision))

    def deliver(self, decision: Decision, at: datetime) -> None:
        """The letter is handed over, or the post brings proof of it; some come back and are handed over later."""
        way = self.rng.choices(["handed_over", "return_receipt", "returned"], weights=[50, 44, 6])[0]
        name = f"{self.home.members[0].given} {self.home.members[0].family}"
        benefits.record_delivery(
            decision=decision, way=way, on=at.date(), received_by="" if way == "returned" else name, actor=self.actor,
            at=at,
        )  # fmt: skip
        if way == "returned":
            self.plan(self.hours.after(at, self.rng.randint(3, 9), self.rng), partial(self.deliver, decision))

    # -- afterwards -----------------------------------------------------------------------------------------------

    def _later(self, at: datetime) -> None:
        """What life and the office bring: files opened, facts corrected, moves, births, certificates, a second file."""
        if self.home.applications is not None:
            return
        rng = self.rng
        soon = partial(self.hours.after, at)
        if self.chance(0.35):
            self.plan(soon(rng.randint(1, 40), rng), self.look)
        if self.chance(0.08):
            self.plan(soon(rng.randint(3, 60), rng), self.correct)
        if self.chance(0.05):
            self.plan(soon(rng.randint(2, 70), rng), self.certify)
        if self.chance(0.015):
            self.plan(soon(rng.randint(10, 90), rng), self.move)
        if self.chance(self.service.sheet["duplicates"]):
            self.plan(soon(rng.randint(10, 80), rng), self.register_again)

    def look(self, at: datetime) -> None:
        people.open_file(household=self.household, actor=self.service.window(self.home), at=at)

    def correct(self, at: datetime) -> None:
        """A paper shows another income than was declared; what was known before stays readable."""
        for person, member in self._together():
            if member.net_income:
                member.net_income = int(member.net_income * self.rng.choice([0.5, 0.8, 1.1, 1.25, 1.4]) / 10) * 10
                fact = NewFact(person, "net_income", member.net_income * 100, valid_from=at.date())
                people.record_facts(facts=[fact], source="document", source_ref=None, actor=self.actor, at=at)
                return

    def certify(self, at: datetime) -> None:
        benefits.certify(
            household=self.household, person=self.persons[0],
            purpose=self.rng.choice(["medicul de familie", "școala", "furnizorul de gaz"]), actor=self.actor, at=at,
        )  # fmt: skip

    def move(self, at: datetime) -> None:
        code = self.rng.choice(list(self.service.sheet["areas"]))
        street = self.rng.choice(self.service.sheet["areas"][code]["streets"])
        people.move_household(
            household=self.household, area=self.service.areas.get(code), line=f"str. {street} {self.rng.randint(1, 99)}",
            since=at.date(), actor=self.actor, at=at,
        )  # fmt: skip

    def register_again(self, at: datetime) -> None:
        """A colleague does not find them and registers one of them anew: a duplicate, as every register has."""
        who = self.rng.choice(self.home.adults or self.home.members)
        colleague = self.service.window(self.home)
        office = self.staff.other.pk if self.home.other_office else self.staff.office.pk
        people.register_household(
            office=office, area=self.service.areas.get(self.home.area), line=self.home.line, since=at.date(),
            members=[(draft_of(as_written(who, self.rng, careless=True)), "head")], actor=colleague, at=at,
        )  # fmt: skip


def kin_written_down(home: Home) -> list[tuple[int, str, int]]:
    """What an officer writes down of it: of a child one parent or guardian; a marriage only where the role is silent."""
    kept, children = [], set()
    for one, relation, other in home.kin:
        if relation in {"spouse", "partner"} or other in children:
            continue
        children.add(other)
        kept.append((one, relation, other))
    return kept


def members_of(household: Household) -> list[Person]:
    """Who belongs to a household just registered, in the order in which they were said."""
    rows = Membership.objects.filter(household=household).select_related("person").order_by("id")
    return [row.person for row in rows]


def draft_of(member: Member) -> PersonDraft:
    identifiers = []
    if member.number:
        identifiers.append(("cnp", member.number, None))
    if member.paper:
        identifiers.append(("ci", member.paper, member.paper_until))
    return PersonDraft(
        given=member.given, family=member.family, birth_date=member.born, sex=member.sex, identifiers=identifiers,
        contacts=[("phone", member.phone, True)] if member.phone else [], language=member.language,
    )  # fmt: skip
