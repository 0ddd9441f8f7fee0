"""The pictures of README, from a running demonstration: `make demo` in one window, `make screenshots` in another.

`--at` names another address; `--home` its data (for the passwords). Pictures go to docs/pictures.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.walks.browser import start  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def page_in(browser: Browser, address: str, language: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, device_scale_factor=2, locale=language).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}?lang={language}")
    return page


def sign_in(page: Page, address: str, username: str, password: str) -> None:
    page.goto(f"{address}accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url("**/desk/**")


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES.relative_to(ROOT) / f"{name}.png", flush=True)


def take(browser: Browser, address: str, passwords: dict[str, str], search: str) -> None:
    for language in ("ro", "ar"):
        page = page_in(browser, address, language, WIDE)
        keep(page, f"start-{language}")
        page.goto(f"{address}directory/")
        keep(page, f"directory-{language}")
        sign_in(page, address, "elena", passwords["elena"])
        page.goto(f"{address}desk/?q={search}")
        keep(page, f"search-{language}")
        page.locator("ol.hits a.hit").first.click()
        page.wait_for_url("**/window/**")
        keep(page, f"window-{language}")
        window = page.url
        page.goto(window.split("/window/")[0] + "/")
        keep(page, f"household-{language}")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(window)
        keep(page, f"window-{language}-phone")
        page.context.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--at", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/")
    options.add_argument("--home", type=Path, default=Path(os.environ.get("VATRA_HOME", "var")))
    options.add_argument("--search", default="mures maria 54")
    chosen = options.parse_args()
    chosen.at = chosen.at.rstrip("/") + "/"
    told = chosen.home / "demo.json"
    if not told.exists():
        print(f"No demonstration in {chosen.home}: run make demo first, and leave it running.", file=sys.stderr)
        return 1
    passwords = {user["username"]: user["password"] for user in json.loads(told.read_text())["users"]}
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = start(playwright)
        take(browser, chosen.at, passwords, chosen.search)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
