"""Plans and programmes on the desk: what is shown, to whom, in how many queries."""

import pytest
from conftest import LONG_AGO, NOON, TODAY

from vatra.config.settings import SOURCE
from vatra.foundation.access.models import RoleGrant, User
from vatra.foundation.bodies.models import Body
from vatra.foundation.worklist.commands import open_item
from vatra.journeys.load_pack import load_pack
from vatra.kernel.actor import system
from vatra.kernel.ref import Ref
from vatra.rooms.programmes.sheet import sheet
from vatra.rooms.staff.models import Post


@pytest.fixture
def tarnaveni(db):
    load_pack(SOURCE / "packs" / "ro-tarnaveni", actor=system("test"), at=NOON, today=TODAY)


def enter(client, role):
    """Somebody of the pack's office in one role."""
    user = User.objects.create(username="somebody", name="Somebody", password="!")
    office = Body.objects.get(code="spas-tarnaveni")
    Post.objects.create(user=user, office=office, title={"en": role}, valid_from=LONG_AGO.date())
    RoleGrant.objects.create(user=user, role_id=role, office=office, valid_from=LONG_AGO, because="test")
    client.force_login(user)
    return client


def read(client, address, language):
    """The page in a language: the first answer keeps the choice and leads back to the plain address."""
    return client.get(address, {"lang": language}, follow=True)


ALL = [
    "/desk/policy/", "/desk/policy/plan-2015-2020/", "/desk/programmes/",
    *(f"/desk/programmes/{code}/" for code in (
        "minimum-inclusion-income", "heating-aid", "state-child-allowance", "disability-benefit",
        "personal-assistant-allowance", "emergency-aid",
    )),
]  # fmt: skip


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize("language", ["ro", "ar"])
def test_every_page_opens_within_its_queries(tarnaveni, client, django_assert_max_num_queries, address, language):
    enter(client, "window_officer")
    read(client, address, language)  # rules are compiled once per process
    with django_assert_max_num_queries(16):
        answer = client.get(address)
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text and len(answer.content) < 100_000


def test_the_plan_names_its_adoption_and_the_programmes_under_each_objective(tarnaveni, client):
    text = read(enter(client, "policy_officer"), "/desk/policy/", "en").text
    assert "26 Mar 2015" in text and "Local Council of Târnăveni" in text
    objective = text[text.index(">E1<") :]
    assert "/desk/programmes/state-child-allowance/" in objective and "heating-aid" not in objective
    assert text.count("no programme serves it yet") == 9


def test_what_is_not_verified_is_marked_on_the_page(tarnaveni, client):
    enter(client, "window_officer")
    text = read(client, "/desk/programmes/minimum-inclusion-income/", "en").text
    family = text[text.index("limit for a family with children</h3>") :][:1500]
    assert "not verified" in family and "930" in family
    single = text[text.index("limit for a single person aged 65 or more</h3>") :][:900]
    assert "not verified" not in single and "533" in single
    allowance = read(client, "/desk/programmes/state-child-allowance/", "en").text
    rules, beside = allowance.split("<aside")
    assert "not verified" not in rules and "not verified" in beside  # its terms are not, its figures are


def test_a_clause_reads_as_a_sentence_with_the_names_of_its_figures(tarnaveni, client):
    text = read(enter(client, "window_officer"), "/desk/programmes/heating-aid/", "ro").text
    assert "Venitul net pe membru este <var>venitul pe membru</var>" in text
    assert "combustibili solizi" in text and "gaze naturale" in text  # keys of a table by their titles


def test_the_county_agency_is_shown_as_the_one_that_decides(tarnaveni):
    duties = {duty.duty: duty.body["ro"] for duty in sheet("state-child-allowance", on=TODAY).duties}
    assert "AJPIS" in duties["decides"] and "AJPIS" in duties["pays"] and "Serviciul Public" in duties["receives"]


@pytest.mark.parametrize("address", ["/desk/policy/", "/desk/programmes/", "/desk/programmes/heating-aid/"])
def test_who_holds_the_action_nowhere_is_turned_away(tarnaveni, client, address):
    assert client.get(address).status_code == 302
    user = User.objects.create(username="nobody", name="Nobody", password="!")
    client.force_login(user)
    assert client.get(address).status_code == 403


def test_what_is_not_there_is_not_there(tarnaveni, client):
    enter(client, "window_officer")
    assert client.get("/desk/programmes/none/").status_code == 404
    assert client.get("/desk/policy/none/").status_code == 404


def test_before_a_pack_is_loaded_the_pages_say_how_to_begin(cast, client):
    client.force_login(User.objects.get(username="elena"))
    for address in ("/desk/policy/", "/desk/programmes/"):
        answer = read(client, address, "en")
        assert answer.status_code == 200 and "comes with the pack" in answer.text.replace("come with", "comes with")


def test_a_difference_waits_until_somebody_has_looked_at_it(tarnaveni, client):
    office = Body.objects.get(code="spas-tarnaveni")
    values = {
        "kind": "fact",
        "code": "heating",
        "version": "2026.2",
        "fields": ["question"],
        "programme": "heating",
        "number": "2026.2",
    }
    open_item(
        key="pack.difference:x", kind="pack.difference", ref=Ref("bodies.body", office.pk), office=office.pk,
        action="programmes.draft", values=values, at=NOON,
    )  # fmt: skip
    enter(client, "policy_officer")
    assert "/desk/pack/" in read(client, "/desk/day/", "en").text
    page = read(client, "/desk/pack/", "en")
    assert "heating" in page.text and "question" in page.text
    client.post("/desk/pack/", {"item": str(page.context["items"][0].pk)})
    assert "No difference" in client.get("/desk/pack/").text
