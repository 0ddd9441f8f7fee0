"""Walk 6: the public directory, without signing in."""

from .browser import Walker


def test_the_directory_is_searched_and_filtered(walker: Walker):
    page = walker.go(f"/directory/?lang={walker.language}").page
    rows = page.locator(".directory-list a[href*='/directory/service/']")
    everything = rows.count()
    assert everything > 0
    assert page.locator("svg.hexmap, .where-table").count() >= 1
    page.locator("input[name=q]").fill("tarnaveni")  # without diacritics
    page.locator("main form button.btn-lead").click()
    page.wait_for_url("**q=tarnaveni**")
    walker.look()
    assert rows.count() > 0
    rows.first.click()
    page.wait_for_url("**/directory/service/**")
    walker.look()


def test_the_directory_on_the_narrowest_screen(phone: Walker):
    phone.go(f"/directory/?lang={phone.language}")
