"""What the crawl walks through: an open file, a sealed one, one of another office, each with what grows on it.

Of the first two a referral went out, to a provider each, with a signed link; neither says a name or a place.

Every name is one that no page would say by chance; a body that holds one tells whose file it leaked.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

from conftest import CAST
from django.utils import timezone

from vatra.rooms.people.commands import PersonDraft, register_household, seal_household
from vatra.rooms.people.models import Household

from . import money

# family name → whose it is; given names are what search pages are asked for, and may stand in a search box
OPEN, SEALED, FOREIGN = "Deschisovici", "Zăvorâtescu", "Străinovschi"
AT_HOME = {username for username, (_, _, where) in CAST.items() if where == "spas"}
ASKED, ASKED_SEALED, SHELTER = "Roagă-cerută", "Roagă-pecetluită", "Ascunzișeni"
GIVEN = {OPEN: "Apolinaria", SEALED: "Quintilia", FOREIGN: "Wilhelmina"}


@dataclass
class Scene:
    """Three files, and the names by which a leak of each is known."""

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
        members=[(head, "head"), (child, "child")], actor=actor, at=timezone.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def set_up(cast: SimpleNamespace, offices: SimpleNamespace) -> Scene:
    """Three households through the commands that the screens call; only Mihai and Doina, who sealed it, know of the sealed one."""
    opened = _family(OPEN, offices.spas.pk, offices.town, cast.elena, "2840517264429")
    sealed = _family(SEALED, offices.spas.pk, offices.town, cast.elena, "2840517264437")
    foreign = _family(FOREIGN, offices.elsewhere.pk, offices.town, cast.sami, "2840517264445")
    seal_household(
        household=sealed.pk, because="protection order, partner works in the town hall", team=[UUID(cast.mihai.id)],
        actor=cast.doina, at=timezone.now(),
    )  # fmt: skip
    tokens = _referrals(cast, offices, opened, sealed)
    marks = {
        "open": (OPEN, "2840517264429"),
        "sealed": (SEALED, "2840517264437", "protection order"),
        "foreign": (FOREIGN, "2840517264445"),
        "referral": (ASKED,),
        "sealed referral": (ASKED_SEALED,),
        "shelter": (SHELTER,),
    }
    readers = {
        "referral": {"mihai", "doina", "petra", "link open"},
        "sealed referral": {"mihai", "doina", "oana", "link sealed"},
        "shelter": {"oana"},  # of her own organisation
    }
    scene = Scene(
        opened, sealed, foreign, team={"mihai", "doina"}, marks=marks, readers=readers, tokens=tokens
    )  # fmt: skip
    money.grow(scene, cast, offices)
    return scene


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
