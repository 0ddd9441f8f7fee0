"""What the crawl walks through: an open file, a sealed one, one of another office, each with what grows on it.

Of the first two a referral went out, to a provider each, with a signed link; neither says a name or a place. In the open
file lies a sealed case as well: what was written in it, and its number, are its team's alone, though everybody in the
office reads the file around it.

Every name is one that no page would say by chance; a body that holds one tells whose file it leaked.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

from conftest import CAST, LONG_AGO
from django.utils import timezone

from vatra.foundation.access.models import RoleGrant, User
from vatra.foundation.docket.models import Deadline
from vatra.rooms.cases import commands as cases
from vatra.rooms.cases.models import Case, CaseType
from vatra.rooms.cases.reminders import remind
from vatra.rooms.cases.tests.referrals.referral_cast import words
from vatra.rooms.people.commands import PersonDraft, add_member, end_membership, register_household, seal_household
from vatra.rooms.people.models import Household, Membership
from vatra.rooms.staff.models import Post

from . import money

# family name → whose it is; given names are what search pages are asked for, and may stand in a search box
OPEN, SEALED, FOREIGN = "Deschisovici", "Zăvorâtescu", "Străinovschi"
OUTSIDER = "ligia"  # a social worker of the same office, who works on all its cases but the sealed ones
AT_HOME = {username for username, (_, _, where) in CAST.items() if where == "spas"} | {OUTSIDER}
ASKED, ASKED_SEALED, SHELTER = "Roagă-cerută", "Roagă-pecetluită", "Ascunzișeni"
GONE = "Plecatovici"  # lived in the open file, is entitled there, and lives in the sealed one now
HUSHED = "Tăcutescu-șoaptă"  # stands in every text of the sealed case of the open file
GIVEN = {OPEN: "Apolinaria", SEALED: "Quintilia", FOREIGN: "Wilhelmina"}


@dataclass
class Scene:
    """Three files and a case, and the names by which a leak of each is known."""

    open: Household
    sealed: Household
    foreign: Household
    team: set[str] = field(default_factory=set)  # who may see the sealed file
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    readers: dict[str, set[str]] = field(default_factory=dict)  # of what is no file: who may read it
    tokens: dict[str, str] = field(default_factory=dict)  # "link open" and "link sealed": who holds only that link

    def forbidden(self, username: str | None) -> dict[str, tuple[str, ...]]:
        """What pages may not say to this user: {whose file: its marks}. Written apart from the product's own rules."""
        hidden = dict(self.marks)
        if username in AT_HOME:
            del hidden["open"]
        if username == "sami":
            del hidden["foreign"]
        if username in self.team:
            del hidden["sealed"]
        for what, readers in self.readers.items():
            if username in readers:
                del hidden[what]
        return hidden


def _family(name: str, office: UUID, area: object, actor: object, cnp: str) -> Household:
    head = PersonDraft(
        given=GIVEN[name], family=name, birth_date=date(1984, 5, 17), sex="female", identifiers=[("cnp", cnp, None)]
    )
    child = PersonDraft(given="Ana", family=name, birth_date=date(2016, 2, 3), sex="female")
    return register_household(
        office=office, area=area, line=f"Strada {name} 1", since=date(2024, 3, 1),  # type: ignore[arg-type]
        members=[(head, "head"), (child, "grandchild")], actor=actor, at=timezone.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def set_up(cast: SimpleNamespace, offices: SimpleNamespace) -> Scene:
    """Three households through the commands that the screens call; only Mihai and Doina know of the sealed file and of
    the sealed case."""
    words()
    _outsider(offices)
    opened = _family(OPEN, offices.spas.pk, offices.town, cast.elena, "2840517264429")
    sealed = _family(SEALED, offices.spas.pk, offices.town, cast.elena, "2840517264437")
    foreign = _family(FOREIGN, offices.elsewhere.pk, offices.town, cast.sami, "2840517264445")
    seal_household(
        household=sealed.pk, because="protection order, partner works in the town hall", team=[UUID(cast.mihai.id)],
        actor=cast.doina, at=timezone.now(),
    )  # fmt: skip
    tokens = _referrals(cast, offices, opened, sealed)
    hushed = _sealed_case(cast, opened)
    marks = {
        "open": (OPEN, "2840517264429"),
        "sealed": (SEALED, GONE, "2840517264437", "protection order"),
        "sealed case": (HUSHED, hushed.number),
        "foreign": (FOREIGN, "2840517264445"),
        "referral": (ASKED,),
        "sealed referral": (ASKED_SEALED,),
        "shelter": (SHELTER,),
    }
    readers = {
        "referral": {"mihai", "doina", OUTSIDER, "petra", "link open"},
        "sealed referral": {"mihai", "doina", "oana", "link sealed"},
        "sealed case": {"mihai", "doina"},
        "shelter": {"oana"},  # of her own organisation
    }
    scene = Scene(
        opened, sealed, foreign, team={"mihai", "doina"}, marks=marks, readers=readers, tokens=tokens
    )  # fmt: skip
    gone = add_member(
        household=opened.pk, person=PersonDraft(given="Serafina", family=GONE, birth_date=date(2001, 4, 5), sex="female"),
        role="grandchild", since=date(2024, 3, 1), actor=cast.elena, at=timezone.now(),
    )  # fmt: skip
    money.grow(scene, cast, offices, gone.person_id)
    _leaves(cast, scene, gone)
    remind(at=timezone.now())
    return scene


def _leaves(cast: SimpleNamespace, scene: Scene, gone: Membership) -> None:
    """What she was given stays in the open file; her name goes with her."""
    today = timezone.localdate()
    end_membership(
        household=scene.open.pk, person=gone.person_id, on=today, because="moved", actor=cast.elena, at=timezone.now()
    )
    add_member(
        household=scene.sealed.pk,
        person=gone.person_id,
        role="grandchild",
        since=today,
        actor=cast.mihai,
        at=timezone.now(),
    )


def _outsider(offices: SimpleNamespace) -> None:
    user = User.objects.create(username=OUTSIDER, name="Ligia Bota", password="!")
    Post.objects.create(user=user, office=offices.spas, title={"en": "social worker"}, valid_from=LONG_AGO.date())
    RoleGrant.objects.create(
        user=user, role_id="social_worker", office=offices.spas, valid_from=LONG_AGO, because="cast"
    )


def _sealed_case(cast: SimpleNamespace, household: Household) -> Case:
    """A case that nobody but its team knows of, with everything that a case can hold; something of it is late, so that
    it stands on somebody's day."""
    at, head = timezone.now(), Membership.objects.get(household=household, role="head").person_id
    step = {"code": "talk", "title": {"en": "First talk"}, "done": "review"}
    late = {**step, "within": {"medium": {"days": 1, "counting": "calendar"}}}
    CaseType.objects.create(code="quiet", title={"en": "Quiet"}, level="case_management", definition={"steps": [late]})
    by = {"actor": cast.mihai, "at": at}
    case = cases.open_case(
        household=household, type="quiet", person=head, worker=cast.mihai.id, supervisor=cast.doina.id, sealed=True,
        reason=HUSHED, **by,
    )  # fmt: skip
    Deadline.objects.filter(ref_id=case.pk).update(due_on=at.date() - timedelta(days=20))
    need = cases.record_need(case=case, code="safety", person=head, note=HUSHED, **by)
    cases.write_plan(case=case, strengths=HUSHED, safety=HUSHED, **by)
    goal = cases.add_goal(case=case, text=HUSHED, need=need, **by)
    for owner, days in (("worker", -20), ("family", 5)):
        due_on = at.date() + timedelta(days=days)
        cases.add_action(goal=goal, text=HUSHED, owner=owner, owner_name=HUSHED, due_on=due_on, **by)
    cases.record_visit(case=case, findings=HUSHED, **by)
    cases.plan_visit(case=case, on=at.date() + timedelta(days=2), purpose=HUSHED, **by)
    cases.write_note(case=case, text=HUSHED, **by)
    cases.save_note_draft(case=case, text=f"{HUSHED} …", **by)
    cases.move_level(case=case, level="specialised", reason=HUSHED, **by)
    review = cases.ask_review(case=case, kind="plan", summary=HUSHED, **by)
    cases.approve_review(review=review, remark=HUSHED, actor=cast.doina, at=at)
    cases.ask_review(case=case, kind="closing", summary=HUSHED, **by)
    return case


def _referrals(cast: SimpleNamespace, offices: SimpleNamespace, opened: Household, sealed: Household) -> dict[str, str]:
    """Home care is asked to help the open family, a shelter the sealed one; age and a request are all they are told."""
    from vatra.foundation.access.commands import tie
    from vatra.foundation.refs import ref
    from vatra.rooms.cases.commands import make_link, send_referral
    from vatra.rooms.cases.tests.referrals.referral_cast import a_case
    from vatra.rooms.providers.models import Provider, Service, ServiceType

    at = timezone.now()
    tokens = {}
    for household, body, request, who in (
        (opened, offices.caritas, ASKED, "link open"),
        (sealed, offices.adapost, ASKED_SEALED, "link sealed"),
    ):
        hidden = household is sealed
        kind = ServiceType.objects.create(code=f"crawl-{body.code}", title={"en": "Help"}, address_sealed=hidden)
        where = SHELTER if hidden else "Târnăveni"
        service = Service.objects.create(
            provider=Provider.objects.create(body=body), service_type=kind, name=f"Casa {where}", street=f"Strada {where}",
            locality=where, address_sealed=hidden, source="crawl", source_key=body.code,
        )  # fmt: skip
        made = a_case(household, cast.mihai, at, supervisor=cast.doina if hidden else None, sealed=hidden)
        for user in (cast.mihai, cast.doina) if hidden else ():
            tie(ref=ref(made.case), user=UUID(user.id), action_class="work", because="team", actor=cast.doina, at=at)
        sent = send_referral(
            case=made.case, need=made.need, person=made.person.pk, service=service, legal_basis="law", request=request,
            fields=["age"], actor=cast.mihai, at=at,
        )  # fmt: skip
        until = at + timedelta(days=14)
        tokens[who] = make_link(referral=sent, expires_at=until, actor=cast.mihai, at=at)[1]
    return tokens
