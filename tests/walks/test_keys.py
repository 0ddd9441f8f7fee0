"""Single keys: `/` goes to the search box, until whoever works here turns that off (WCAG 2.1.4)."""

from .browser import Walker


def test_a_single_key_can_be_turned_off(walker: Walker):
    walker.sign_in("elena")
    walker.go("/desk/programmes/")
    page = walker.page
    focused = "document.activeElement.matches('[data-slash]')"
    page.locator("body").press("/")
    assert page.evaluate(focused)
    switch = page.locator("[data-single-keys]")
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"
    walker.look()
    walker.go("/desk/policy/")
    page.locator("body").press("/")
    assert not page.evaluate(focused)
    page.locator("[data-single-keys]").click()
    page.locator("main").press("/")
    assert page.evaluate(focused)
