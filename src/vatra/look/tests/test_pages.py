"""The frame of every page: direction, navigation, refusals, and nothing inline."""

import re

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from vatra.foundation.access.models import User
from vatra.kernel.money import Money

INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:|\bdata:", re.I)


def signed_in(cast_member) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(pk=cast_member.id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.mark.parametrize(("language", "direction"), [("ro", "ltr"), ("ar", "rtl"), ("tr", "ltr"), ("en", "ltr")])
@pytest.mark.parametrize("address", ["/", "/accounts/login/"])
def test_public_pages_in_each_language(client, db, language, direction, address):
    client.cookies["django_language"] = language
    page = client.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="{direction}">' in text
    assert all(f"lang={code}" in text for code in ("ro", "ar", "tr", "en"))
    assert not INLINE.search(text)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_inline_check_can_fail():
    for planted in ('<p style="color:red">', "<script>x()</script>", '<a onclick="x()">', "<img src='data:x'>"):
        assert INLINE.search(planted)


def test_the_language_switch_keeps_the_address(client, db):
    text = client.get("/accounts/login/?next=/desk/%3Fpage%3D2").content.decode()
    assert "/accounts/login/?next=%2Fdesk%2F%3Fpage%3D2&amp;lang=ar" in text
    chosen = client.get("/accounts/login/?next=/desk/&lang=ar")
    assert chosen.status_code == 302
    assert chosen.headers["Location"] == "/accounts/login/?next=%2Fdesk%2F"


def test_after_posting_the_switch_leads_where_it_was_posted_from(client, db):
    came = {"HTTP_REFERER": "http://testserver/accounts/login/?next=%2Fdesk%2F"}
    text = client.post("/accounts/login/", {}, **came).content.decode()
    assert "/accounts/login/?next=%2Fdesk%2F&amp;lang=ar" in text
    elsewhere = client.post("/accounts/login/", {}, HTTP_REFERER="http://elsewhere/x/").content.decode()
    assert 'href="/?lang=ar"' in elsewhere


def test_navigation_shows_only_what_the_reader_may_open(cast):
    assert 'href="/desk/" aria-current="page"' in signed_in(cast.elena).get("/desk/").content.decode()
    refused = signed_in(cast.rozalia).get("/", follow=True).content.decode()
    assert 'class="nav-list"' not in refused


def test_not_found_is_a_page_with_a_way_out(cast, client):
    for who in (signed_in(cast.elena), client):
        page = who.get("/desk/no-such-page/")
        assert page.status_code == 404
        assert "<h1>" in page.content.decode()
        assert not INLINE.search(page.content.decode())


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "web/locked_out.html"]
)
def test_error_pages_render_with_little_or_nothing(rf, name):
    from django.template.loader import render_to_string

    plain = name in {"400.html", "403_csrf.html", "500.html"}
    request = None if plain else rf.get("/")
    with translation.override("ar"):
        text = render_to_string(name, {}, request)
    assert 'dir="rtl"' in text
    assert not INLINE.search(text)


def shown(source: str, language: str, **values: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(values))


def test_pack_text_in_another_language_says_which(db):
    title = {"ro": "Ajutor pentru <încălzire>"}
    assert shown("{% said t %}", "ro", t=title) == "Ajutor pentru &lt;încălzire&gt;"
    assert shown("{% said t %}", "ar", t=title) == '<span lang="ro" dir="ltr">Ajutor pentru &lt;încălzire&gt;</span>'
    assert shown("{{ t|said }}", "ar", t=title) == "Ajutor pentru &lt;încălzire&gt;"


def test_money_runs_in_the_readers_direction(db, definitions):
    assert 'dir="rtl">٢٨٨' in shown("{% money m %}", "ar", m=Money(28800, "RON"))
    assert 'dir="ltr">288' in shown("{% money m 'RON' %}", "ro", m=28800)
    assert shown("{% money m %}", "ro", m=None) == ""


def test_identifiers_run_left_to_right_everywhere():
    assert shown("{% identifier '2•••417' %}", "ar") == '<bdi class="masked" dir="ltr">2•••417</bdi>'


def test_initials_join_no_arabic_letters():
    assert shown("{{ 'Mureșan Maria'|initials }}{{ 'فاطمة الزهراء'|initials }}{{ ''|initials }}", "en") == "MMف·"
