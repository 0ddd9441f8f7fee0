"""What happens at the window and at the desks behind it: steps that several walks take."""

import re
from collections.abc import Callable

from .browser import Walker


def today() -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Europe/Bucharest")).date().isoformat()


def answer(walker: Walker, answers: dict[str, str]) -> list[str]:
    """Answer the questions of the panel, one by one: each answer changes it at once. Returns what was asked."""
    page, asked = walker.page, []
    for _ in range(12):
        ask = page.locator("form.ask:visible").first
        if ask.count() == 0:
            break
        place, fact = ask.get_attribute("id"), ask.locator("[name=fact]").get_attribute("value")
        value = answers[fact]  # type: ignore[index]
        if ask.locator("select").count():
            ask.locator("select").select_option(value)
            ask.locator("button").click()
        elif ask.locator("input[name=value]").count():
            ask.locator("input[name=value]").fill(value)
            ask.locator("button").click()
        else:
            ask.locator(f'button[value="{value}"]').click()
        page.locator(f"form#{place}").wait_for(state="detached")  # the panel came back without this question
        asked.append(str(fact))
    walker.look()
    return asked


def apply_for(walker: Walker, household: str, programme: str) -> str:
    """The request gets its docket number; its page opens."""
    before = _open(walker, household)
    walker.go(f"/desk/household/{household}/apply/")
    page = walker.page
    for offer in page.locator("[name=offer]:not([disabled])").all():
        offer.uncheck()
    page.locator(f"[name=offer][value^='{programme}:']:not([disabled])").first.check()
    page.locator("main form button.btn-lead").click()
    page.wait_for_load_state("load")
    walker.look()
    made = _open(walker, household) - before
    assert len(made) == 1, walker.text()
    walker.go(f"/desk/applications/{min(made)}/")
    return min(made)


def _open(walker: Walker, household: str) -> set[str]:
    """The applications that are open here."""
    walker.go(f"/desk/household/{household}/beside/")
    return set(re.findall(r"/desk/applications/([0-9a-f-]{36})/", walker.page.content()))


def see_papers(walker: Walker) -> None:
    """The checklist: each paper is seen once."""
    page = walker.page
    for _ in range(15):
        form = page.locator("form.paper-see")
        if form.count() == 0:
            break
        left = form.count()
        form.first.locator("button").click()
        page.wait_for_function("left => document.querySelectorAll('form.paper-see').length < left", arg=left)
    assert page.locator("form.paper-see").count() == 0
    walker.look()


def decide(application: str, seated: Callable[[str], Walker]) -> None:
    """Drafted, reported, countersigned, signed: by four people. Only then there is a number and a letter."""
    for username, step in [("ioana", "draft"), ("doina", "report"), ("vasile", "countersign"), ("radu", "sign")]:
        walker = seated(username).go(f"/desk/applications/{application}/")
        page = walker.page
        page.locator(f"form[action$='/{step}/'] button.btn").last.click()
        page.wait_for_load_state("load")
        walker.look()
        assert page.locator(".errors").count() == 0, walker.text()
    assert page.locator(".decision a[href$='.pdf']").count() == 1
