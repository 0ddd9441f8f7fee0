"""What is defined. Read once per process and kept until a definition changes; one small query per request asks."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from django.core.signals import request_finished, request_started

from vatra.kernel.days import Calendar
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .holidays import calendar_of
from .models import Code, CodeList, FactDefinition, Pack, PackItem, Revision, SharedParameter
from .rows import CodeRow, Definitions, FactRow, PackRow

RECHECK_SECONDS = 5  # outside of requests (tasks, commands): how old an answer may be before the revision is asked

_kept: Definitions | None = None
_asked = threading.local()


def forget(**_: object) -> None:
    """Ask again at the next use: at the start of a request, after a command, between tests."""
    _asked.at = None


def forget_all() -> None:
    """Keep nothing (between tests, whose database is rolled back)."""
    global _kept
    _kept = None
    forget()


def _begin(**_: object) -> None:
    """A request asks once, however long it takes: its template must not ask again."""
    forget()
    _asked.in_request = True


def _finish(**_: object) -> None:
    _asked.in_request = False


request_started.connect(_begin, dispatch_uid="catalogue.begin")
request_finished.connect(_finish, dispatch_uid="catalogue.finish")


def _in_request() -> bool:
    return getattr(_asked, "in_request", False)


def definitions() -> Definitions:
    """All definitions as they stand. One query per request when nothing changed, seven when something did."""
    global _kept
    kept, asked = _kept, getattr(_asked, "at", None)
    if kept is not None and asked is not None and (_in_request() or time.monotonic() - asked < RECHECK_SECONDS):
        return kept
    number = Revision.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if kept is None or kept.revision != number:
        _kept = kept = _read(number)
    _asked.at = time.monotonic()
    return kept


def _read(number: int) -> Definitions:
    pack = Pack.objects.order_by("-loaded_at").first()
    lists: dict[str, dict[str, CodeRow]] = {}
    titles = {}
    for code, title in CodeList.objects.order_by("code").values_list("code", "title"):
        lists[code], titles[code] = {}, title
    for c in Code.objects.order_by("code_list_id", "order", "id"):
        lists[c.code_list_id][c.code] = CodeRow(c.code, c.title, c.order, c.parent, c.extra, c.retired_on)
    facts = {f.code: _fact_row(f) for f in FactDefinition.objects.order_by("order", "code")}
    parameters = dict(SharedParameter.objects.order_by("code").values_list("code", "document"))
    row = PackRow(pack.code, pack.version, pack.title, pack.digest, pack.settings) if pack else None
    return Definitions(number, row, facts, lists, titles, parameters)


def _fact_row(f: FactDefinition) -> FactRow:
    return FactRow(
        code=f.code, subject=f.subject, type=f.type, currency=f.currency, code_list=f.code_list_id or "",
        title=f.title, question=f.question, help=f.help, fresh_days=f.fresh_days, sensitive=f.sensitive,
        default=f.default, order=f.order, retired_on=f.retired_on, decimals=f.decimals, bounds=f.bounds,
        formula=f.formula,
    )  # fmt: skip


def pack() -> PackRow:
    """The pack of this installation. Refuses before one is loaded."""
    found = definitions().pack
    if found is None:
        raise Refused(
            "no_pack",
            gettext_noop("No pack is loaded: this installation does not know its country yet."),
            gettext_noop("Run “vatra pack load” and try again."),
        )
    return found


def zone() -> str:
    """The time zone in which days begin and end; UTC until a pack is loaded."""
    found = definitions().pack
    return found.settings["zone"] if found else "UTC"


def currency() -> str:
    """The currency that money is counted in unless a fact says otherwise."""
    return pack().settings["currency"]


def currencies() -> dict[str, dict[str, int]]:
    """`{"RON": {"exponent": 2, "cash_step": 1}}`; of the facts' currencies with two decimals until a pack is loaded."""
    found = definitions()
    if found.pack:
        return found.pack.settings["currencies"]
    return {f.currency: {"exponent": 2, "cash_step": 1} for f in found.facts.values() if f.currency}


def languages() -> list[str]:
    """The languages of the pack's own text, the first being the one that law and letters are written in."""
    return pack().settings["languages"]


def found_in(text: Mapping[str, str], *first: str) -> str | None:
    """The first of these languages in which a text says something, else of the pack's own, else any; None if it is empty.

    Never by the order of the text itself: one database keeps it, the other does not.
    """
    return next((code for code in (*first, *languages(), *sorted(text)) if text.get(code)), None)


def first_words(text: Mapping[str, str]) -> str:
    """A name as the pack's own language says it, else the next of its languages, else any that there is."""
    return text.get(found_in(text) or "", "")


def calendar() -> Calendar:
    """Rest days and holidays of the pack, movable ones included, from 2000 to 2099."""
    return calendar_of(pack().settings["calendar"])


def codes(code_list: str, *, retired: bool = False) -> list[CodeRow]:
    """The codes of a list in their order; those that retired only when asked for. Unknown lists have none."""
    rows = definitions().lists.get(code_list, {}).values()
    return [row for row in rows if retired or row.retired_on is None]


def code(code_list: str, value: str) -> CodeRow | None:
    """One code of a list, retired or not: records keep the codes they were made with."""
    return definitions().lists.get(code_list, {}).get(value)


def fact_definitions() -> dict[str, FactRow]:
    """Every fact that can be recorded or computed, by code, in the pack's order; retired ones included."""
    return definitions().facts


def shared_parameters() -> dict[str, dict[str, Any]]:
    """The figures that many laws index on, as the pack wrote them."""
    return definitions().parameters


def loaded_items(pack_code: str) -> dict[tuple[str, str], PackItem]:
    """What a pack brought so far, by kind and code."""
    return {(item.kind, item.code): item for item in PackItem.objects.filter(pack_id=pack_code)}


def described(kind: str, code: str) -> dict[str, Any] | None:
    """A definition of the catalogue as it stands, in the form in which a pack says it; None if there is none."""
    found = definitions()
    if kind == "code_list" and code in found.lists:
        rows = [
            {"code": c.code, "title": c.title, "parent": c.parent, "extra": c.extra}
            for c in found.lists[code].values()
            if c.retired_on is None
        ]
        return {"title": found.list_titles[code], "codes": rows}
    if kind == "fact" and (fact := found.facts.get(code)) and fact.retired_on is None:
        said = {name: getattr(fact, name) for name in FACT_FIELDS}
        return {name: value for name, value in said.items() if value not in (None, "", {}, False)}
    if kind == "parameter" and code in found.parameters:
        return found.parameters[code]
    return None


FACT_FIELDS = (
    "subject", "type", "currency", "code_list", "decimals", "bounds", "formula", "title", "question", "help",
    "fresh_days", "sensitive", "default", "order",
)  # fmt: skip
