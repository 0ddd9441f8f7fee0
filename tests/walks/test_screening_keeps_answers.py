"""Questions that come back late take away nothing that was answered meanwhile; without the page's care they would."""

from contextlib import suppress

from playwright.sync_api import Error, Page, Request, Route

from .browser import Walker

INCOME = '[name="member.0.net_income"]'
TYPED = "12345"


def asks_again(request: Request) -> bool:
    """Whether the page asks which questions follow from what was answered."""
    return "refresh" in (request.post_data or "")


class Held:
    """The first request for further questions, kept on its way until somebody lets it go."""

    # The page's own promise: its policy allows no expression to be looked at again and again.
    OVER = """() => { window.answered = new Promise((done) => {
        document.addEventListener("htmx:afterRequest", (event) => { // come back, or given up
            if (event.detail.elt.closest("form")) done();
        });
    }); }"""

    def __init__(self, page: Page) -> None:
        self.page, self.routes = page, list[Route]()
        page.evaluate(self.OVER)
        page.route("**/screening/", self.hold)

    def hold(self, route: Route) -> None:
        if self.routes or not asks_again(route.request):
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let it go, and wait until the page has made something of the answer."""
        assert self.routes, "no further questions were asked for"
        with suppress(Error):  # given up by the page: nothing is left to let go
            self.routes[0].continue_()
        self.page.evaluate("() => window.answered")


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
    with page.expect_request(asks_again):
        page.locator('[name="home.heating"]:not(:checked)').first.evaluate("one => one.click()")
    page.locator(INCOME).fill("")
    page.locator(INCOME).press_sequentially(TYPED)
    held.release()
    return page.locator(INCOME).input_value()


def test_what_is_typed_stays(walker: Walker):
    assert typed_while_questions_were_on_their_way(walker, as_it_was=False) == TYPED


def test_the_control_loses_it(walker: Walker):
    """The faulty control: without the mark on the form, the late answer puts the box back as it was."""
    assert typed_while_questions_were_on_their_way(walker, as_it_was=True) != TYPED
