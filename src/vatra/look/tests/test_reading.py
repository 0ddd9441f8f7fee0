"""Figures, days and text in the reader's manner."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from vatra.look.reading import Said, day_text, in_digits, moment_text, money_text, number_text, percent_text, said

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ro", f"1.386{NBSP}lei"), ("ar", f"١٬٣٨٦{NBSP}lei"), ("tr", f"1.386{NBSP}lei"), ("en", f"1,386{NBSP}lei")],
)
def test_a_word_for_a_currency_follows_its_number(language, expected):
    assert money_text(138600, "RON", language, symbol="lei") == expected


def test_a_sign_stands_where_the_reader_expects_it():
    assert money_text(10000, "USD", "en", symbol="$") == "$100"
    assert money_text(10000, "USD", "ro", symbol="$") == f"100{NBSP}$"
    assert money_text(10000, "USD", "ar", symbol="$") == f"١٠٠{NBSP}$"


def test_cents_show_when_there_are_any_and_never_round():
    assert money_text(28850, "RON", "ro", symbol="lei") == f"288,50{NBSP}lei"
    assert money_text(28801, "RON", "ro", symbol="lei") == f"288,01{NBSP}lei"
    assert money_text(1_234_567, "IQD", "en", exponent=3, symbol="IQD").startswith("1,234.567")
    assert money_text(-100, "RON", "en", symbol="lei") == f"\u22121{NBSP}lei"


def test_days_in_words_and_digits_of_the_reader():
    on = date(2026, 11, 21)
    assert day_text(on, "ro") == "21 nov. 2026"
    assert day_text(on, "tr") == "21 Kas 2026"
    assert day_text(on, "en") == "21 Nov 2026"
    assert day_text(on, "ar") == "٢١ تشرين الثاني ٢٠٢٦"


def test_an_instant_is_told_on_the_clock_of_the_place():
    at = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert moment_text(at, "ro", "Europe/Bucharest") == "22 nov. 2026, 00:30"
    assert moment_text(at, "ar", "Europe/Bucharest", "time") == "٠٠:٣٠"


def test_numbers_keep_their_decimals():
    assert number_text(Decimal("1234.50"), "ro") == "1.234,5"
    assert number_text(12, "ar") == "١٢"
    assert number_text(Decimal("0.001"), "en") == "0.001"
    assert percent_text(Decimal("0.345"), "en") == "34.5%"
    assert in_digits("A 017", "ar") == "A ٠١٧"


def test_pack_text_falls_back_and_says_in_which_language():
    title = {"ro": "Ajutor", "en": "Aid"}
    assert said(title, "ro") == Said("Ajutor", "ro")
    assert said(title, "ar") == Said("Aid", "en")
    assert said({"ro": "Ajutor"}, "tr") == Said("Ajutor", "ro")
    assert said({"tr": "", "ro": "Ajutor"}, "tr") == Said("Ajutor", "ro")
    assert said(None, "en").text == ""


@pytest.mark.parametrize(
    "text", [{"ro": "Târnăveni", "hu": "Dicsőszentmárton"}, {"hu": "Dicsőszentmárton", "ro": "Târnăveni"}]
)
def test_a_name_does_not_depend_on_the_order_in_which_a_database_keeps_it(text):
    """PostgreSQL sorts the languages of a text: a reader of neither would have read the other name there."""
    assert said(text, "en") == Said("Târnăveni", "ro")
