"""Tags that every page uses: text of packs, money, days, figures, marks.

All of them are built in; templates need no `{% load %}`.

    {% said programme.title %}            pack text; marked with its language when it is not the reader's
    {{ programme.title|said }}            the same as plain text, for attributes and sentences
    {% who row.beneficiary %}             a person's name on a record, in words where the reader may not know it
    {% money answer.amount %}             kernel.money.Money, or minor units and a currency: {% money 28800 "RON" %}
    {% day application.filed_on %}        also "day_month", "month", "long", "weekday", "short"
    {% moment entry.registered_at %}      on the clock of the pack; "time" for the hour alone
    {% number count %}  {% percent share %}  {{ count|figure }}
    {% identifier "2••••••••417" %}       digits and codes, safe from the direction of the text around them
    {% icon "search" %}                   decorative; say the same in words beside it
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from vatra.kernel.money import Money
from vatra.look import manners, reading

register = template.Library()


def _language() -> str:
    return (translation.get_language() or "en").split("-")[0]


@register.simple_tag
def said(text: Mapping[str, str] | str | None) -> str | SafeString:
    """Pack text in the reader's language, else as it exists, with `lang` and `dir` so that it is read right."""
    language = _language()
    found = reading.said(text, language)
    if found.language == language or not found.text:
        return found.text
    return format_html(
        '<span lang="{}" dir="{}">{}</span>', found.language, reading.direction(found.language), found.text
    )


@register.simple_tag
def who(name: str) -> str:
    """The name of a person on a record; in words where their reader may not know it, so that no link stands empty."""
    return name or gettext("somebody you may not see")


@register.filter("said")
def said_filter(text: Mapping[str, str] | str | None) -> str:
    return reading.said(text, _language()).text


@register.simple_tag
def money(amount: Money | int | None, currency: str = "") -> str | SafeString:
    """An amount in the reader's order; nothing for None."""
    if amount is None:
        return ""
    minor, code = (amount.minor, amount.currency) if isinstance(amount, Money) else (int(amount), currency)
    language = _language()
    exponent, symbol = manners.currency(code, language)
    text = reading.money_text(minor, code, language, exponent=exponent, symbol=symbol)
    return format_html('<bdi class="money" dir="{}">{}</bdi>', reading.direction(language), text)


@register.simple_tag
def day(on: date | None, style: str = "medium") -> str | SafeString:
    if on is None:
        return ""
    if isinstance(on, datetime):
        raise TypeError("an instant has no day without a zone: use {% moment %}")
    return _time(on.isoformat(), reading.day_text(on, _language(), style))


@register.simple_tag
def moment(at: datetime | None, style: str = "medium") -> str | SafeString:
    if at is None:
        return ""
    return _time(at.isoformat(), reading.moment_text(at, _language(), manners.zone(), style))


def _time(stamp: str, text: str) -> SafeString:
    return format_html('<time datetime="{}" dir="{}">{}</time>', stamp, reading.direction(_language()), text)


@register.simple_tag
def number(value: int | Decimal | None) -> str | SafeString:
    if value is None:
        return ""
    return format_html('<bdi class="num">{}</bdi>', reading.number_text(value, _language()))


@register.simple_tag
def percent(value: Decimal | None) -> str | SafeString:
    """A share: 0.125 is 12.5 %."""
    if value is None:
        return ""
    return format_html('<bdi class="num">{}</bdi>', reading.percent_text(value, _language()))


@register.filter
def figure(value: int | Decimal) -> str:
    """The same as plain text, for sentences: `{% blocktranslate with n=count|figure %}`."""
    return reading.number_text(value, _language())


@register.filter
def day_words(on: date, style: str = "medium") -> str:
    return reading.day_text(on, _language(), style)


@register.filter
def money_words(amount: Money) -> str:
    exponent, symbol = manners.currency(amount.currency, _language())
    return reading.money_text(amount.minor, amount.currency, _language(), exponent=exponent, symbol=symbol)


@register.filter
def digits(text: object) -> str:
    """Western digits of a sentence in the reader's digits."""
    return reading.in_digits(str(text), _language())


@register.simple_tag
def identifier(text: object) -> SafeString:
    """A number or code that always runs left to right, as it stands on the card."""
    return format_html('<bdi class="masked" dir="ltr">{}</bdi>', text)


@register.simple_tag
def icon(name: str, turns: bool = False) -> SafeString:
    """A mark from look/icons.svg; `turns` for arrows, which point the other way in Arabic."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " icon-turns" if turns else "", static("look/icons.svg"), name,
    )  # fmt: skip


@register.filter
def initials(name: str) -> str:
    """Two letters for the round face; one in scripts that join their letters."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    if not words:
        return "·"
    joined = "\u0600" <= words[0][0] <= "\u06ff"
    return words[0][0] if joined else "".join(word[0] for word in words[:2]).upper()


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, code: str) -> str:
    """The address of this page in another language, with everything else it holds; of what was posted, the address
    it was posted from, since what was posted cannot be asked for again."""
    request = context.get("request")
    if request is None:
        return "?" + urlencode({"lang": code})
    path, kept = request.path, request.GET.copy()
    if request.method != "GET":
        came = urlsplit(request.headers.get("Referer", ""))
        path = came.path if came.netloc == request.get_host() else "/"
        kept = QueryDict(came.query, mutable=True) if came.netloc == request.get_host() else QueryDict(mutable=True)
    kept["lang"] = code
    return f"{path}?{kept.urlencode()}"
