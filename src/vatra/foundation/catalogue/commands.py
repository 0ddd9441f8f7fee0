"""Defining facts, code lists and shared parameters, as packs bring them or an administrator changes them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Code, CodeList, FactDefinition, Pack, PackItem, Revision, SharedParameter
from .queries import FACT_FIELDS, forget

SUBJECTS = ("person", "household")
TYPES = ("money", "number", "integer", "percentage", "boolean", "date", "code", "text")
# What a fact is may not change under the values that were recorded for it.
FIXED = ("subject", "type", "currency")


def revise() -> None:
    """Say that definitions changed: every process reads them again. Called by whoever writes a definition."""
    Revision.objects.get_or_create(pk=1)
    Revision.objects.filter(pk=1).update(number=F("number") + 1)
    forget()
    transaction.on_commit(forget)


@transaction.atomic
def define_pack(
    *, code: str, version: str, title: dict[str, str], settings: dict[str, Any], digest: str, actor: Actor, at: datetime
) -> Pack:
    """This installation runs on this pack, in this version, from now on. Refuses a second pack beside another."""
    other = Pack.objects.exclude(code=code).first()
    if other is not None:
        raise Refused(
            "other_pack",
            gettext_noop("This installation runs on the pack “%(other)s”; “%(code)s” cannot be loaded beside it."),
            gettext_noop("Load it into an installation of its own."),
            other=other.code, code=code,
        )  # fmt: skip
    said = {"version": version, "title": title, "settings": settings, "digest": digest, "loaded_at": at}
    pack, _ = Pack.objects.update_or_create(code=code, defaults=said)
    record("catalogue.pack_loaded", None, actor=actor, at=at, pack=code, version=version, digest=digest)
    revise()
    return pack


@transaction.atomic
def define_code_list(
    *, code: str, title: dict[str, str], codes: Iterable[Mapping[str, Any]], actor: Actor, at: datetime, today: date
) -> CodeList:
    """A list has exactly these codes in use, in this order. A code that is no longer named retires `today`;
    one that is named again is in use again. Refuses the same code twice."""
    rows = [dict(row) for row in codes]
    names = [row["code"] for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(
            "code_twice",
            gettext_noop("The list “%(list)s” has the code “%(code)s” twice."),
            gettext_noop("Remove one of them."),
            list=code, code=twice[0],
        )  # fmt: skip
    made, _ = CodeList.objects.update_or_create(code=code, defaults={"title": title})
    for order, row in enumerate(rows):
        said = {"title": row["title"], "parent": row.get("parent", ""), "extra": row.get("extra", {}), "order": order}
        Code.objects.update_or_create(code_list=made, code=row["code"], defaults={**said, "retired_on": None})
    Code.objects.filter(code_list=made, retired_on=None).exclude(code__in=names).update(retired_on=today)
    record("catalogue.code_list_defined", None, actor=actor, at=at, code=code, codes=names)
    revise()
    return made


@transaction.atomic
def define_fact(*, code: str, actor: Actor, at: datetime, **said: Any) -> FactDefinition:
    """A fact can be recorded, asked and read by rules from now on.

    `said`: subject, type, title, and where they apply currency, code_list, decimals, bounds, formula, question, help,
    fresh_days, sensitive, default, order. Refuses an unknown subject, type or list, and another subject, type or
    currency than the fact had before.
    """
    if unknown := set(said) - set(FACT_FIELDS):
        raise TypeError(f"define_fact() got {sorted(unknown)}")
    if said.get("subject") not in SUBJECTS or said.get("type") not in TYPES:
        raise Refused(
            "bad_fact",
            gettext_noop("The fact “%(fact)s” needs a subject (person or household) and a known type."),
            gettext_noop("Types: money, number, integer, percentage, boolean, date, code, text."),
            fact=code,
        )
    _check_type(code, said)
    before = FactDefinition.objects.filter(pk=code).first()
    for name in FIXED:
        if before is not None and getattr(before, name) != said.get(name, ""):
            raise Refused(
                "fact_changed_its_nature",
                gettext_noop("The fact “%(fact)s” cannot change its %(what)s: values were recorded under the old one."),
                gettext_noop("Define a new fact with another code, and retire this one."),
                fact=code, what=name,
            )  # fmt: skip
    values = {name: said[name] for name in FACT_FIELDS if name in said and name != "code_list"}
    made, _ = FactDefinition.objects.update_or_create(
        code=code, defaults={**BLANK, **values, "code_list_id": said.get("code_list") or None, "retired_on": None}
    )
    record("catalogue.fact_defined", None, actor=actor, at=at, code=code)
    revise()
    return made


BLANK = {
    "currency": "", "decimals": None, "bounds": {}, "formula": "", "question": {}, "help": {}, "fresh_days": None,
    "sensitive": False, "default": None, "order": 0,
}  # fmt: skip


def _check_type(code: str, said: Mapping[str, Any]) -> None:
    if (said["type"] == "money") != bool(said.get("currency")):
        raise Refused(
            "bad_fact",
            gettext_noop("The fact “%(fact)s”: money has a currency, and nothing else has one."),
            gettext_noop("Write “currency” with money only."),
            fact=code,
        )
    if (said["type"] == "code") != bool(said.get("code_list")) or (
        said.get("code_list") and not CodeList.objects.filter(pk=said["code_list"]).exists()
    ):
        raise Refused(
            "bad_fact",
            gettext_noop("The fact “%(fact)s”: a code has a list that exists, and nothing else has one."),
            gettext_noop("Write “code_list” with codes only, and define that list first."),
            fact=code,
        )


@transaction.atomic
def define_parameter(*, code: str, document: dict[str, Any], actor: Actor, at: datetime) -> SharedParameter:
    """A figure that laws index on has these values from these days. The document is read by the rules' checker."""
    values = {"type": document.get("type", ""), "title": document.get("title", {}), "document": document}
    made, _ = SharedParameter.objects.update_or_create(code=code, defaults=values)
    record("catalogue.parameter_defined", None, actor=actor, at=at, code=code)
    revise()
    return made


@transaction.atomic
def retire_fact(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """The fact is no longer asked or recorded from this day; what is known under it stays readable."""
    FactDefinition.objects.filter(pk=code, retired_on=None).update(retired_on=on)
    record("catalogue.fact_retired", None, actor=actor, at=at, code=code, on=on.isoformat())
    revise()


@transaction.atomic
def retire_code_list(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """Every code of the list retires; records that carry one keep it."""
    Code.objects.filter(code_list_id=code, retired_on=None).update(retired_on=on)
    record("catalogue.code_list_retired", None, actor=actor, at=at, code=code, on=on.isoformat())
    revise()


@transaction.atomic
def note_pack_item(*, pack: str, kind: str, code: str, digest: str, version: str) -> None:
    """Remember a definition as the pack said it, so that a later version can tell its own change from a local one."""
    said = {"digest": digest, "version": version, "dropped_in": ""}
    PackItem.objects.update_or_create(pack_id=pack, kind=kind, code=code, defaults=said)


@transaction.atomic
def drop_pack_item(*, pack: str, kind: str, code: str, version: str) -> None:
    """The pack no longer has this definition; the definition itself was retired, never deleted."""
    PackItem.objects.filter(pack_id=pack, kind=kind, code=code).update(dropped_in=version)


__all__ = [
    "define_code_list", "define_fact", "define_pack", "define_parameter", "drop_pack_item",
    "note_pack_item", "retire_code_list", "retire_fact", "revise",
]  # fmt: skip
