"""The first minute: the start page in four languages, on a wide and on the narrowest screen; signing in."""

import pytest

from .browser import Faults, Walker, accessibility


def test_the_start_page(walker: Walker):
    walker.go(f"/?lang={walker.language}")


def test_the_start_page_on_the_narrowest_screen(phone: Walker):
    phone.go(f"/?lang={phone.language}")


@pytest.mark.parametrize("other", ["tr", "en"])
def test_the_start_page_in_the_other_languages(town, chromium, other):
    context = chromium.new_context()
    Walker(context.new_page(), town, other).go(f"/?lang={other}")
    context.close()


def test_signing_in_page(walker: Walker):
    walker.go(f"/accounts/login/?lang={walker.language}")


def test_a_page_with_faults_is_found(town, chromium):
    """The faulty control: axe sees a picture without words, and text too pale to read."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(
        '<html lang="ro" dir="ltr"><title>x</title><main><h1>x</h1><img src="data:,">'
        '<p style="color:#ccc;background:#fff">pale</p></main></html>'
    )
    found = " ".join(accessibility(page))
    assert "image-alt" in found and "color-contrast" in found
    context.close()


def test_a_wrong_direction_and_a_missing_word_are_found(town, chromium):
    context = chromium.new_context()
    stranger = Walker(context.new_page(), town, "ar")
    with pytest.raises(Faults, match="dir=ltr"):
        stranger.go("/?lang=ro")
    with pytest.raises(Faults, match="does not show"):
        stranger.shows("no page says this")
    context.close()
