"""Walks 1 to 5: somebody comes to the window and leaves, some days later, with a decision in the hand.

Nothing is asked by the words of a page but by names of fields and addresses, so that the same walk goes in Romanian and
in Arabic; each page it meets is looked at with axe. What the walk finds is read back with the command line.
"""

import json
import re
from dataclasses import dataclass

from .browser import Walker
from .window import answer, apply_for, decide, see_papers, today


@dataclass(frozen=True)
class Visitor:
    given: str
    family: str
    sought: str  # as somebody types it who heard it once


VISITORS = {
    "ro": Visitor("Ruxandra", "Țârgovețanu", "targovetanu ruxandra 1954"),
    "ar": Visitor("فاطمة", "الزنكلوني", "الزنكلوني فاطمه"),
}
# What is still asked on the panel after the first questions, by fact.
ANSWERS = {
    "anyone_disabled": "no", "disability_degree": "none", "net_income": "900", "earnings": "0",
    "excluding_asset": "none", "heating": "gas", "emergency": "none", "emergency_aid_before": "no",
    "emergency_on": "2026-11-01",
}  # fmt: skip


def test_from_the_door_to_a_decision(walker: Walker):
    visitor = VISITORS[walker.language]
    walker.sign_in("elena")
    household = register(walker, visitor)
    find_again(walker, visitor, household)
    screen(walker, household)
    answer_what_is_left(walker, household)
    agree_with_the_command_line(walker, household)
    application = apply_for(walker, household, "heating-aid")
    see_papers(walker)
    decide(application, lambda username: walker.sign_out().sign_in(username))
    deliver(walker, application)
    look_back(walker, household, visitor)


def register(walker: Walker, visitor: Visitor) -> str:
    """Nobody of that name is found; the household is registered on one page. A missing document blocks nothing."""
    walker.go(f"/desk/?q={visitor.family}")
    page = walker.page
    assert page.locator("ol.hits strong", has_text=visitor.family).count() == 0
    page.locator(".hits-foot button").click()
    walker.look()
    page.locator("[name=m0-given]").fill(visitor.given)
    page.locator("[name=m0-family]").fill(visitor.family)
    page.locator("[name=m0-born]").fill("12.04.1954")
    page.locator("[name=h-line]").fill("Strada Avram Iancu 12")
    page.locator("[name=h-consents][value=registration]").check()
    page.locator("button.btn-lead[value=register]").click()
    page.wait_for_load_state("load")
    if page.url.endswith("/register/"):  # somebody alike is known: looked at, and they are other people
        walker.look()
        page.locator("button.btn-lead[value=register]").click()
    page.wait_for_url(re.compile(r"/desk/household/[0-9a-f-]{36}/"))
    walker.look().shows(visitor.given, visitor.family)
    return re.search(r"household/([0-9a-f-]{36})", page.url)[1]  # type: ignore[index]


def find_again(walker: Walker, visitor: Visitor, household: str) -> None:
    """Without diacritics, parts in another order, with the year: the first match is this household."""
    walker.go(f"/desk/?q={visitor.sought}")
    first = walker.page.locator("ol.hits li").first
    assert household in (first.locator("a.hit").get_attribute("href") or "")
    assert first.locator(".hit-why").inner_text().strip()
    first.locator("a.hit").click()
    walker.page.wait_for_url("**/window/**")
    walker.look()


def screen(walker: Walker, household: str) -> None:
    """The form that came as a spreadsheet; its answers become facts."""
    walker.go(f"/desk/household/{household}/screening/")
    page = walker.page
    for name, value in [
        ("home.heating", "gas"), ("home.housing", "owned"), ("home.excluding_asset", "none"),
        ("member.0.occupation", "pensioner"), ("member.0.disability_degree", "none"),
    ]:  # fmt: skip
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    page.locator('input[name="member.0.net_income"]').fill("900")
    for _ in range(3):  # answers may bring further questions, which are shown before anything is kept
        with page.expect_navigation():
            page.locator("main form button.btn-lead[type=submit]").click()
        walker.look()
        if "/window/" in page.url:
            return
    raise AssertionError(walker.text())


def answer_what_is_left(walker: Walker, household: str) -> None:
    """Until the heating aid is entitled, with a sum."""
    answer(walker, ANSWERS)
    page = walker.page
    assert page.locator("article.answer-yes .answer-sum").count() >= 1, walker.text()
    assert page.locator("article.answer-no .clause-law").count() >= 1  # refused with the very clause and its law


def agree_with_the_command_line(walker: Walker, household: str) -> None:
    """The page and `vatra determine` say the same."""
    told = json.loads(walker.town.vatra("determine", "--household", household, "--on", today(), "--json"))
    statuses = {programme["code"]: programme["status"] for programme in told["programmes"]}
    assert statuses["heating-aid"] == "entitled", told
    shown = walker.page.locator("article.answer-yes").count()
    assert shown == list(statuses.values()).count("entitled")


def deliver(walker: Walker, application: str) -> None:
    """The letter is a PDF; its delivery starts the time for an appeal."""
    walker.sign_out().sign_in("elena")
    walker.go(f"/desk/applications/{application}/")
    page = walker.page
    letter = page.locator(".decision a[href$='.pdf']").first.get_attribute("href")
    answer = page.request.get(walker.town.address.rstrip("/") + letter)  # type: ignore[operator]
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")
    terms = page.locator("aside .rows .pill").count()
    page.locator("form[action$='/delivery/'] button.btn").click()
    page.wait_for_load_state("load")
    walker.look()
    assert page.locator("aside .rows .pill").count() > terms, walker.text()


def look_back(walker: Walker, household: str, visitor: Visitor) -> None:
    """The household's page: who, what is known, what happened, who opened it."""
    walker.go(f"/desk/household/{household}/")
    walker.shows(visitor.family, "900" if walker.language == "ro" else "٩٠٠", "Elena Moldovan", "Radu Câmpean")
