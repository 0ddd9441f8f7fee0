"""A note that is being typed survives a closed browser."""

from pathlib import Path
from urllib.parse import parse_qs
from uuid import uuid4

from playwright.sync_api import Browser, Response

from .browser import Walker
from .town import Town


def somebody(chromium: Browser, town: Town, language: str) -> Walker:
    """A browser that remembers nothing of the one before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    return Walker(context.new_page(), town, language).sign_in(town.first("social_worker"))


def open_case(walker: Walker) -> str:
    """Search for anybody, open their file, and their case (a new one where there is none); gives its address."""
    page = walker.page
    page.goto(walker.town.address + "desk/?q=maria")
    page.locator("#hits a[href*='/household/']").first.click()
    home = page.url.split("/household/")[1].split("/")[0]
    walker.go(f"/desk/household/{home}/")
    running = page.locator("main a[href*='/desk/cases/']")
    if running.count():  # the other language was here before
        running.first.click()
    else:
        walker.go(f"/desk/household/{home}/case/")
        page.locator("[name=type]").select_option("family-at-risk")
        page.locator("main .btn-lead").click()
    page.wait_for_url("**/desk/cases/*-*/")
    walker.look()
    return page.url


def typed(answer: Response) -> str:
    """The text that a save of the draft carried."""
    return parse_qs(answer.request.post_data or "").get("text", [""])[0]


def test_a_draft_is_there_after_the_browser_closed(town: Town, chromium: Browser, language: str, tmp_path: Path):
    walker = somebody(chromium, town, language)
    address = open_case(walker)
    text = f"She said that the stove {uuid4().hex[:8]}"  # a town may be walked twice
    walker.page.locator("#note").fill("")
    with walker.page.expect_response(lambda answer: "/note/draft/" in answer.url and text in typed(answer)) as answered:
        walker.page.locator("#note").press_sequentially(text)
    assert answered.value.ok
    walker.page.context.close()  # not a word to the page: as when the power goes

    again = somebody(chromium, town, language)
    again.page.goto(address)
    again.look()
    assert again.page.locator("#note").input_value() == text
    again.page.context.close()
