"""Pages of what a plan is held to: who sees them, what they say and do not say, in how many queries."""

from datetime import timedelta

import pytest
from conftest import NOON

from vatra.foundation.access.models import User
from vatra.foundation.places.commands import set_boundaries
from vatra.foundation.places.models import Area
from vatra.kernel.actor import system
from vatra.rooms.insight import queries
from vatra.rooms.insight.models import Published
from vatra.rooms.insight.tasks import publish
from vatra.rooms.insight.tests.conftest import POOR, household, town, worker  # noqa: F401  (town is a fixture)
from vatra.rooms.insight.tests.test_standings import kept
from vatra.rooms.policy.models import Stage, StagePaper

ADDRESSES = [
    "/desk/policy/", "/desk/policy/plan-2015-2020/at/B2/", "/desk/policy/plan-2015-2020/stages/",
    "/desk/indicators/at-risk-without-help/", "/desk/indicators/days-to-decision/",
    "/desk/indicators/people-at-risk-without-help/?month=2026-09",
]  # fmt: skip
PUBLIC = ["/plan/", "/plan/plan-2015-2020/", "/plan/indicator/at-risk-without-help/"]


@pytest.fixture
def published(town):  # noqa: F811
    for n in range(6):
        household(f"B{n}", 1960 + n, area="114934-centru", **POOR)
    kept()
    while publish(at=NOON):
        pass
    return town


def sit(client, username):
    client.force_login(User.objects.get(username=username))
    return client


def test_every_page_opens_for_who_sees_plans_within_its_queries(published, client, django_assert_max_num_queries):
    worker("policy_officer", "livia")
    sit(client, "livia")
    for language in ("ro", "ar"):
        for address in ADDRESSES:
            client.get(address, {"lang": language}, follow=True)
            with django_assert_max_num_queries(22):
                answer = client.get(address)
            assert answer.status_code == 200, address
            assert f'lang="{language}"' in answer.text and len(answer.content) < 150_000
    assert client.get("/desk/unhelped/").status_code == 403  # no person's file is theirs
    assert client.get("/desk/indicators/nothing/").status_code == 404
    assert client.get("/desk/policy/plan-2015-2020/at/Z9/").status_code == 404


def test_the_public_sees_the_same_figures_without_signing_in(published, client, django_assert_max_num_queries):
    for address in PUBLIC:
        client.get(address, {"lang": "en"}, follow=True)
        with django_assert_max_num_queries(16):
            answer = client.get(address)
        assert answer.status_code == 200, address
    stranger = client.get("/plan/indicator/at-risk-without-help/").context["sheet"].page
    worker("policy_officer", "livia")
    insider = sit(client, "livia").get("/desk/indicators/at-risk-without-help/").context["sheet"].page
    assert stranger.card == insider.card and stranger.broken == insider.broken


def test_a_small_cell_stands_as_hidden_with_the_reason(published, client):
    client.get("/plan/", {"lang": "en"}, follow=True)
    text = client.get("/plan/indicator/households-known/").text
    assert "Figures of fewer than 5 people are hidden" in text and ">hidden<" in text
    assert "How is this computed?" in text


def test_a_figure_of_the_work_is_drawn_on_the_outlines_that_are_known(town, client):  # noqa: F811
    """Of the town's places; tiles before, and where none is known."""
    for n in range(7):
        household(f"C{n}", 1960 + n, area="114961", **POOR)
        household(f"D{n}", 1960 + n, area="114934-centru", **POOR)
    while publish(at=NOON):
        pass
    address = "/plan/indicator/households-known/"
    assert "chart-areas-tiles" in client.get(address).text
    for n, area in enumerate(Area.objects.filter(parent__code="114925").order_by("code")):
        ring = [(9 * n + x, y) for x, y in ((0, 0), (9, 0), (9, 9), (0, 9), (0, 0))]
        set_boundaries(drawn=[(area, [[ring]])], source="test", actor=system("test"), at=NOON)
    text = client.get(address).text
    assert "chart-areas-tiles" not in text and 'class="chart-areas"' in text


def test_places_that_share_a_name_say_what_they_are(published, client):
    client.get("/plan/", {"lang": "en"}, follow=True)
    text = client.get("/plan/indicator/households-known/").text
    assert "Târnăveni (Municipality)" in text and "Târnăveni (Locality)" in text and "Bobohalma (" not in text


def test_a_hidden_first_month_is_no_baseline(published, client):
    """A later one would be said to be where it began."""
    found = queries.indicator("households-known")
    assert queries.trend(found).baseline is not None
    first = Published.objects.filter(indicator=found, final=True, superseded_at=None).order_by("month").first()
    Published.objects.filter(pk=first.pk).update(value=None, of=None, hidden=True)
    assert queries.trend(found).baseline is None and queries.trend(found).latest.cell.value is not None


def test_how_leads_from_the_figure_to_the_question(published, client):
    client.get("/plan/", {"lang": "en"}, follow=True)
    text = client.get("/plan/indicator/at-risk-without-help/").text
    assert "score &gt;= :high_from" in text and "How is the home heated?" in text
    assert "[risk score]" in text  # about nobody: the names of figures, not figures


def test_the_list_leads_from_the_reason_to_what_to_do(published, client, django_assert_max_num_queries):
    sit(client, "somebody").get("/desk/unhelped/", {"lang": "en"}, follow=True)
    with django_assert_max_num_queries(18):
        text = client.get("/desk/unhelped/").text
    assert "Ana" in text and "Somebody has a marked or severe disability." in text
    assert f"/desk/household/{published.poor.pk}/window/" in text
    assert "Ada" not in text and "Ion" not in text
    assert "Eva" in client.get("/desk/unhelped/?show=unknown").text
    assert "Nobody is without help" in client.get("/desk/unhelped/?area=114961").text
    assert "Ana" in client.get("/desk/unhelped/?area=114925").text  # the town, with the quarters in it
    assert client.get("/desk/unhelped/?after=nonsense").status_code == 200


def test_a_plan_is_carried_on_and_its_paper_kept(published, client):
    worker("policy_officer", "livia")
    sit(client, "livia").get("/desk/policy/", {"lang": "en"}, follow=True)
    way = "/desk/policy/plan-2015-2020/stages/"
    assert "Approval of the plan by the local council" in client.get(way).text
    wrong = client.post(way + "move/", {"to": "formulation", "on": "2026-11-20"})
    assert wrong.status_code == 422 and "This step is not possible now" in wrong.text
    assert client.post(way + "move/", {"to": "evaluation", "on": "soon"}).status_code == 422
    assert client.post(way + "move/", {"to": "evaluation", "on": "2026-11-20"}).status_code == 302
    stage = Stage.objects.get(ended_on=None)
    assert stage.stage == "evaluation"
    said = {"title": "What came of it", "kind": "of_results", "citation": "p. 3"}
    assert client.post(f"{way}{stage.pk}/paper/", {**said, "title": ""}).status_code == 422
    assert client.post(f"{way}{stage.pk}/paper/", said).status_code == 302
    paper = StagePaper.objects.get(stage=stage)
    assert "What came of it" in client.get(way).text
    assert client.post(f"/desk/policy/plan-2015-2020/papers/{paper.pk}/back/", {"because": "wrong"}).status_code == 302
    assert "What came of it" not in client.get(way).text


def test_who_only_reads_plans_is_offered_no_step_and_takes_none(published, client):
    sit(client, "somebody").get("/desk/policy/", {"lang": "en"}, follow=True)
    assert "The next step" not in client.get("/desk/policy/plan-2015-2020/stages/").text
    assert client.post("/desk/policy/plan-2015-2020/stages/move/", {"to": "evaluation"}).status_code == 403


def test_the_running_month_is_said_apart(published, client):
    client.get("/plan/", {"lang": "en"}, follow=True)
    assert "This month so far:" in client.get("/plan/indicator/at-risk-without-help/").text
    Published.objects.filter(final=False).update(superseded_at=NOON + timedelta(days=1))
    assert "This month so far:" not in client.get("/plan/indicator/at-risk-without-help/").text
