"""The browser that walks: found, started, made to read pages as people with and without sight do."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

from .town import ROOT, Town

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/usr/bin/chromium", "/usr/lib/chromium/chromium", "/snap/bin/chromium", "/opt/google/chrome/chrome")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = os.environ.get(
    "WALK_PICTURES"
)  # a folder: every page that is looked at, wide and narrow, to look at oneself
SHAPE = """() => [...new Set([...document.body.querySelectorAll('*')].map(
    one => one.tagName + '.' + (one.getAttribute('class') || '')))].sort().join(' ')"""
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def executable(playwright: Playwright) -> str | None:
    """CHROMIUM, else a browser of this machine, else the one that Playwright may have fetched."""
    told = os.environ.get("CHROMIUM")
    found = [told, *map(shutil.which, NAMES), *PLACES, playwright.chromium.executable_path]
    return next((str(path) for path in found if path and Path(path).exists()), None)


def start(playwright: Playwright) -> Browser:
    path = executable(playwright)
    if path is None:
        message = "No Chromium here: apt install chromium, or name one in CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # The pages are our own, and containers often forbid the browser its sandbox.
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])


class Faults(AssertionError):
    """What a walk found wrong on a page."""


def accessibility(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: rule, what it says, where."""
    # The page's own policy forbids strangers' scripts; an isolated evaluation is not part of the page.
    page.evaluate(AXE.read_text() + ";0")
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['help']} — {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


class Walker:
    """One person in front of one browser window, reading in one language.

    Every page that is visited is checked: no fault of axe, no error on the console, no request that leaves the
    machine, no sideways scrolling, the right direction of writing.
    """

    def __init__(self, page: Page, town: Town, language: str) -> None:
        self.page, self.town, self.language = page, town, language
        self.seen = 0
        self.known: set[tuple[str, str]] | None = None  # long walks share one, and look at what is new only
        self.console: list[str] = []
        self.left: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", self._watch)
        page.set_default_timeout(15_000)

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors; not that a question was given up because somebody typed on."""
        if message.type == "error" and not message.text.startswith(GIVEN_UP):
            self.console.append(message.text)

    def _watch(self, request: object) -> None:
        url: str = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.town.address, "data:", "blob:", "about:")):
            self.left.append(url)

    def go(self, path: str) -> "Walker":
        """Open an address of the town, and look at it."""
        self.page.goto(self.town.address.rstrip("/") + path)
        return self.look()

    def look(self) -> "Walker":
        """Check the page that is open now."""
        self.page.wait_for_load_state("load")
        if PICTURES:
            self.picture(Path(PICTURES))
        faults = [f"axe: {fault}" for fault in accessibility(self.page)] if self._is_new() else []
        faults += [f"console: {line}" for line in self.console]
        faults += [f"asked elsewhere: {url}" for url in self.left]
        html = self.page.locator("html")
        if html.get_attribute("dir") != ("rtl" if self.language == "ar" else "ltr"):
            faults.append(f"dir={html.get_attribute('dir')} for {self.language}")
        if html.get_attribute("lang") != self.language:
            faults.append(f"lang={html.get_attribute('lang')} for {self.language}")
        widths = self.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        if widths[0] > widths[1] + 1:
            faults.append(f"scrolls sideways: {widths[0]} px of content in {widths[1]} px")
        self.console.clear()
        if faults:
            raise Faults(f"{self.page.url} ({self.language})\n  " + "\n  ".join(faults))
        return self

    def _is_new(self) -> bool:
        """Whether no page like this was looked at: of the same address but for ids, built of the same elements."""
        if self.known is None:
            return True
        built = self.page.evaluate(SHAPE)
        like = (re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", self.page.url.partition("#")[0]), built)
        new = like not in self.known
        self.known.add(like)
        return new

    def picture(self, folder: Path) -> None:
        """Keep how the page looks at 1280 and at 360 pixels."""
        before = self.page.viewport_size
        path = self.page.url.removeprefix(self.town.address).partition("?")[0]
        name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "x", path)[:60].strip("/").replace("/", ".")
        folder.mkdir(parents=True, exist_ok=True)
        for width in (1280, 360):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.screenshot(path=folder / f"{self.language}-{width}-{name}-{self.seen}.png", full_page=True)
        self.page.set_viewport_size(before)  # type: ignore[arg-type]
        self.seen += 1

    def sign_in(self, username: str) -> "Walker":
        """Sign in as one of the demonstration's people, in this walker's language."""
        password = self.town.users[username]["password"]
        self.go(f"/accounts/login/?lang={self.language}")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form:has(input[name=password]) button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"/(desk|provider)/"))
        return self.look()

    def sign_out(self) -> "Walker":
        self.page.context.clear_cookies()
        return self

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def shows(self, *words: str) -> "Walker":
        """The page says each of these words somewhere, to the eye."""
        text = self.text()
        missing = [word for word in words if word not in text]
        if missing:
            raise Faults(f"{self.page.url} does not show {json.dumps(missing, ensure_ascii=False)}:\n{text[:3000]}")
        return self
