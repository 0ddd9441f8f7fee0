"""Questions that come back late take away nothing that was answered meanwhile; without the page's care they would."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route

from .browser import Walker

pytestmark = pytest.mark.walk
INCOME = '[name="member.0.net_income"]'
TYPED = "12345"


class Held:
    """The first request for further questions, kept on its way until somebody lets it go."""

    def __init__(self, page: Page) -> None:
        self.page, self.routes = page, list[Route]()
        page.route("**/screening/", self.hold)

    def hold(self, route: Route) -> None:
        if self.routes or "refresh" not in (route.request.post_data or ""):
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let it go, and give the page the time to make something of the answer."""
        assert self.routes, "no further questions were asked for"
        with suppress(Error):  # given up by the page: nothing is left to let go
            self.routes[0].continue_()
        self.page.wait_for_timeout(1500)


def typed_while_questions_were_on_their_way(walker: Walker, *, as_it_was: bool) -> str:
    """What stands in a box after an answer, something typed, and only then the questions that the answer brings."""
    page = walker.page
    walker.sign_in("elena")
    page.goto(walker.town.address + "desk/?q=maria")
    page.locator("#hits a[href*='/household/']").first.click()
    home = page.url.split("/household/")[1].split("/")[0]
    walker.go(f"/desk/household/{home}/screening/")
    if as_it_was:  # the form as it stood before
        page.locator("form[data-keep-typing]").evaluate("one => one.removeAttribute('data-keep-typing')")
    held = Held(page)
    page.locator('[name="home.heating"]:not(:checked)').first.evaluate("one => one.click()")
    page.wait_for_timeout(200)
    page.locator(INCOME).fill("")
    page.locator(INCOME).press_sequentially(TYPED)
    held.release()
    return page.locator(INCOME).input_value()


def test_what_is_typed_stays(walker: Walker):
    assert typed_while_questions_were_on_their_way(walker, as_it_was=False) == TYPED


def test_the_control_loses_it(walker: Walker):
    """The faulty control: without the mark on the form, the late answer puts the box back as it was."""
    assert typed_while_questions_were_on_their_way(walker, as_it_was=True) != TYPED
