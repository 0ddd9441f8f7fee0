"""A note that is being typed survives a closed browser."""

from pathlib import Path

from playwright.sync_api import Browser

from .browser import Walker
from .town import Town


def somebody(chromium: Browser, town: Town, language: str) -> Walker:
    """A browser that remembers nothing of the one before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    return Walker(context.new_page(), town, language).sign_in(town.first("social_worker"))


def open_case(walker: Walker) -> str:
    """Search for anybody, open their file, open a case; gives the address of the case."""
    page = walker.page
    page.goto(walker.town.address + "desk/?q=maria")
    page.locator("#hits a[href*='/household/']").first.click()
    home = page.url.split("/household/")[1].split("/")[0]
    walker.go(f"/desk/household/{home}/case/")
    page.locator("[name=type]").select_option("family-at-risk")
    page.locator("main .btn-lead").click()
    page.wait_for_url("**/desk/cases/*-*/")
    walker.look()
    return page.url


def test_a_draft_is_there_after_the_browser_closed(town: Town, chromium: Browser, language: str, tmp_path: Path):
    walker = somebody(chromium, town, language)
    address = open_case(walker)
    text = f"She said that the stove ({language})"
    walker.page.locator("#note").press_sequentially(text)
    with walker.page.expect_response("**/note/draft/") as answered:
        pass
    assert answered.value.ok
    walker.page.context.close()  # not a word to the page: as when the power goes

    again = somebody(chromium, town, language)
    again.page.goto(address)
    again.look()
    assert again.page.locator("#note").input_value() == text
    again.page.context.close()
