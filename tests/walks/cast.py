"""Everybody who acts in a walk, each before a browser of their own; and who may not look over their shoulders."""

from collections.abc import Iterable

from playwright.sync_api import Browser, BrowserContext, Locator

from .browser import Faults, Walker
from .town import Town


class Cast:
    """Walkers by user name, signed in when they are first needed. `cast[""]` is somebody without an account."""

    def __init__(self, browser: Browser, town: Town, language: str) -> None:
        self.browser, self.town, self.language = browser, town, language
        self.walkers: dict[str, Walker] = {}
        self.contexts: list[BrowserContext] = []
        self.known: set[tuple[str, str]] = set()

    def __getitem__(self, username: str) -> Walker:
        if username not in self.walkers:
            context = self.browser.new_context(viewport={"width": 1280, "height": 800}, locale=self.language)
            self.contexts.append(context)
            walker = self.walkers[username] = Walker(context.new_page(), self.town, self.language)
            walker.known = self.known
            if username:
                walker.sign_in(username)
            else:
                walker.go(f"/?lang={self.language}")
        return self.walkers[username]

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def closed(self, usernames: Iterable[str], *paths: str) -> None:
        """Each of these people is refused each of these pages: 403 or 404, without a word of it."""
        for username in usernames:
            page = self[username].page
            for path in paths:
                answer = page.request.get(self.town.address.rstrip("/") + path, max_redirects=0)
                if username == "" and answer.status == 302:
                    assert "/accounts/login/" in answer.headers["location"], path
                elif answer.status not in (403, 404):
                    raise Faults(f"{username or 'a stranger'} gets {answer.status} at {path}")

    def open(self, usernames: Iterable[str], *paths: str) -> None:
        """The faulty control of `closed`: these people do get these pages."""
        for username in usernames:
            for path in paths:
                answer = self[username].page.request.get(self.town.address.rstrip("/") + path)
                assert answer.status == 200, f"{username} gets {answer.status} at {path}"


def press(walker: Walker, button: str | Locator, *, refused: bool = False) -> Walker:
    """Press a button that leads to another page, and look at it. What is refused says so, and fails the walk."""
    page = walker.page
    found = page.locator(button) if isinstance(button, str) else button
    with page.expect_navigation():
        found.click()
    walker.look()
    wrong = page.locator("main .errors, main .errorlist")
    if not refused and wrong.count():
        raise Faults(f"{page.url}: {wrong.first.inner_text()}")
    return walker


def send(walker: Walker, button: str = "main form button.btn-lead", /, **fields: str) -> Walker:
    """Fill in fields by name and press."""
    page = walker.page
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return press(walker, page.locator(button).first)
