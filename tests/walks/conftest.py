"""One town and one browser for all walks; each walk comes in Romanian and in Arabic."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from .browser import Walker, start
from .town import Town, served

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a walk: a browser in the process of other tests would break theirs."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("walk")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    told = os.environ.get("TOWN")  # home folder and address of one that is served already: for whoever writes walks
    if told:
        home, _, address = told.partition("=")
        users = {user["username"]: user for user in json.loads((Path(home) / "demo.json").read_text())["users"]}
        yield Town(Path(home), address, {**os.environ, "VATRA_HOME": home, "VATRA_DEMO": "1"}, users)
        return
    with served(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = start(playwright)
        yield browser
        browser.close()


@pytest.fixture(params=["ro", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def walker(town: Town, chromium: Browser, language: str, tmp_path: Path) -> Iterator[Walker]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    yield Walker(context.new_page(), town, language)
    context.close()


@pytest.fixture
def phone(town: Town, chromium: Browser, language: str) -> Iterator[Walker]:
    """The narrowest window that must work: 320 CSS pixels."""
    context = chromium.new_context(viewport={"width": 320, "height": 700}, locale=language)
    yield Walker(context.new_page(), town, language)
    context.close()
