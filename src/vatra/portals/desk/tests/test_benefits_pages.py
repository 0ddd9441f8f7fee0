"""Applications, decisions, lists and letters at the desk: what is shown, to whom, and in how many queries."""

import pytest
from conftest import NOON
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from vatra.foundation.access.models import User
from vatra.foundation.letters.render import LOOK
from vatra.rooms.benefits.models import Application, Decision, Paper
from vatra.rooms.benefits.tests.conftest import applied, family, known_family, papers_seen, signed, town

__all__ = ["applied", "family", "known_family", "papers_seen", "signed", "town"]
needs_fonts = pytest.mark.skipif(not LOOK.exists(), reason="the typeface of letters is not collected: make setup")


@pytest.fixture
def sits(town):
    """A browser of its own for each of the town's people: `sits("ioana")`."""

    def at(name):
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(username=name))
        return client

    return at


def text(response):
    return response.content.decode()


def step(client, application, what, **given):
    return client.post(f"/desk/applications/{application.pk}/{what}/", given)


def act(client, what, **given):
    return client.post(f"/desk/decisions/{Decision.objects.get().pk}/{what}/", given)


def test_an_application_goes_from_papers_to_a_delivered_letter(applied, sits, django_assert_max_num_queries):
    elena, ioana, doina, vasile, radu = (sits(n) for n in ("elena", "ioana", "doina", "vasile", "radu"))
    page = elena.get(f"/desk/applications/{applied.pk}/")
    assert "Maria Popescu" in text(page) and "4 are missing" in text(page) and "1/2026" in text(page)
    for code in Paper.objects.values_list("code", flat=True):
        assert step(elena, applied, "see", code=code, seen="original").status_code == 302
    assert step(ioana, applied, "draft", reason="").status_code == 302
    assert act(doina, "report", reason="Se propune acordarea.").status_code == 302
    assert act(vasile, "countersign").status_code == 302
    assert act(radu, "sign").status_code == 302
    with django_assert_max_num_queries(25):
        page = text(elena.get(f"/desk/applications/{applied.pk}/"))
    assert "Se propune acordarea." in page and "What became of the letter" in page
    scan = SimpleUploadedFile("aviz.pdf", b"%PDF-1.7 proof")
    given = {"way": "handed_over", "on": "", "received_by": "Maria", "evidence": scan}
    assert act(elena, "delivery", **given).status_code == 302
    page = text(elena.get(f"/desk/applications/{applied.pk}/"))
    assert "Appeal possible until" in page and "handed over" in page


def test_buttons_are_for_who_may(papers_seen, sits):
    address = f"/desk/applications/{papers_seen.pk}/"
    assert "Draft the decision" in text(sits("ioana").get(address))
    assert "Draft the decision</button>" not in text(sits("elena").get(address))
    step(sits("ioana"), papers_seen, "draft")
    assert "Report the draft" in text(sits("doina").get(address))
    assert "Report the draft" not in text(sits("ioana").get(address))
    assert act(sits("elena"), "report").status_code == 403


def test_what_is_refused_is_said_on_the_page_with_what_was_typed(papers_seen, sits):
    step(sits("ioana"), papers_seen, "draft")
    answer = act(sits("doina"), "return", because=" ")
    assert answer.status_code == 422 and "Say why the draft is returned." in text(answer)
    answer = step(sits("ioana"), papers_seen, "draft", reason="Un motiv <b>anume</b>")
    assert answer.status_code == 422 and "already under way" in text(answer)


def test_another_office_finds_nothing(signed, sits):
    sami = sits("sami")
    address = f"/desk/applications/{signed.application_id}/"
    assert sami.get(address).status_code == 404
    assert sami.get(f"/desk/letters/{signed.letter_id}.pdf").status_code == 404
    assert "1/2026" not in text(sami.get("/desk/applications/?state=all"))
    assert step(sami, signed.application, "withdraw", because="x").status_code == 404
    assert Client().get(address).status_code == 302


@needs_fonts
def test_the_letter_opens_as_the_same_pdf_and_names_nobody_in_its_address(signed, sits):
    first, second = (sits("elena").get(f"/desk/letters/{signed.letter_id}.pdf") for _ in range(2))
    assert first["Content-Type"] == "application/pdf" and first.content == second.content
    assert "Popescu" not in first["Content-Disposition"]


@needs_fonts
def test_a_certificate_takes_one_click(known_family, sits):
    answer = sits("elena").post(
        f"/desk/household/{known_family.home.pk}/certify/", {"person": str(known_family.maria.pk)}, follow=True
    )
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")


def test_lists_keep_their_filter_and_take_few_queries(papers_seen, sits, django_assert_max_num_queries):
    ioana = sits("ioana")
    ioana.get("/desk/applications/")
    with django_assert_max_num_queries(16):
        page = text(ioana.get("/desk/applications/?state=complete&programme=heating-aid"))
    assert "1/2026" in page and '<option value="complete" selected>' in page
    assert "1/2026" not in text(ioana.get("/desk/applications/?programme=emergency-aid"))
    assert "1/2026" not in text(ioana.get("/desk/applications/?mine=1&state=all"))
    assert "1/2026" in text(sits("elena").get("/desk/applications/?mine=1&state=all"))


def test_pages_follow_by_key(known_family, town, sits, monkeypatch):
    from vatra.rooms.benefits.commands import apply
    from vatra.rooms.benefits.queries import applications

    for programme in ("heating-aid", "emergency-aid", "minimum-inclusion-income"):
        apply(
            household=known_family.home, programme=programme, applicant=known_family.maria,
            beneficiary=known_family.maria, actor=town.elena, at=NOON,
        )  # fmt: skip
    seen, after = [], ""
    for _ in range(3):
        page = applications(actor=town.elena, after=after, limit=1)
        seen += [row.id for row in page.rows]
        after = page.next
    assert len(set(seen)) == 3 and after == ""
    assert sits("elena").get("/desk/applications/?after=nonsense").status_code == 200


def test_the_mayor_finds_what_waits_for_his_signature_first(papers_seen, sits):
    step(sits("ioana"), papers_seen, "draft")
    act(sits("doina"), "report")
    assert "1/2026" in text(sits("vasile").get("/desk/decisions/"))
    assert "1/2026" not in text(sits("radu").get("/desk/decisions/"))
    act(sits("vasile"), "countersign")
    assert "1/2026" in text(sits("radu").get("/desk/decisions/"))


def test_my_day_says_what_waits(papers_seen, sits, django_assert_max_num_queries):
    ioana = sits("ioana")
    ioana.get("/desk/day/")
    with django_assert_max_num_queries(12):
        page = text(ioana.get("/desk/day/"))
    assert "Draft the decision" in page
    assert "Nothing waits for you" in text(sits("radu").get("/desk/day/"))


def test_forwarding_sends_a_list_and_never_says_determined(known_family, town, sits):
    from vatra.rooms.benefits.commands import apply, see_paper

    made = apply(
        household=known_family.home, programme="state-child-allowance", applicant=known_family.maria,
        beneficiary=known_family.ion, actor=town.elena, at=NOON,
    )  # fmt: skip
    for code in Paper.objects.filter(application=made).values_list("code", flat=True):
        see_paper(application=made, code=code, seen="original", actor=town.elena, at=NOON)
    ioana = sits("ioana")
    assert "Ion Popescu" in text(ioana.get("/desk/forwarding/"))
    assert ioana.post("/desk/forwarding/", {}).status_code == 422
    assert ioana.post("/desk/forwarding/", {"application": [str(made.pk)]}).status_code == 302
    assert Application.objects.get().state == "forwarded"
    page = text(sits("elena").get(f"/desk/applications/{made.pk}/"))
    assert "Forwarded with list no. 1/" in page
    assert "What the rules say" not in page and "determined" not in page.lower()
    assert sits("elena").get("/desk/forwarding/").status_code == 403


def test_anybody_checks_a_letter_and_learns_nothing_about_anybody(signed, client):
    code = signed.letter.content["check"]["code"]
    page = client.get(f"/check/{code[:4]}-{code[4:8]}-{code[8:]}/")
    assert page.status_code == 200 and "Public Social Assistance Service" in text(page)
    assert "Popescu" not in text(page) and "heating" not in text(page).lower()
    assert client.get("/check/AAAA-BBBB-CCCC/").status_code == 404
    assert client.get("/check/", {"code": code}).status_code == 302
    assert client.get("/check/").status_code == 200
