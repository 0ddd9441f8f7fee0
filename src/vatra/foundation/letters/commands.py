"""Defining letter templates, making letters."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import pack, zone
from vatra.foundation.docket.models import Entry
from vatra.kernel.actor import Actor
from vatra.kernel.days import day as day_of
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from . import wording
from .models import Letter, LetterBody, LetterTemplate

TYPST = Path(__file__).parent / "typst"
BASE = (TYPST / "base.typ").read_text(encoding="utf-8") + "\n"
COMMON: dict[str, dict[str, str]] = yaml.safe_load((TYPST / "common.yaml").read_text(encoding="utf-8"))["texts"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on paper; 12 of these are 58 bits


@dataclass(frozen=True)
class Content:
    """What a letter is to say. Values are typed (Money, date, int, pack text): they are written in its language.

    `reasons`: `{"said": text or {language: text}, "law": …, "holds": true | false | null}`. `particulars`: key of the
    label's text → value. `listing`: `{"head": [keys], "rows": [[value]], "widths": [int], "ends": [bool]}`.
    `bullets`: texts. `leave_out`: keys of sentences that do not apply to this letter.
    """

    addressee: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    particulars: Mapping[str, Any] = field(default_factory=dict)
    strong: frozenset[str] = frozenset()
    reasons: Sequence[Mapping[str, Any]] = ()
    bullets: Sequence[Any] = ()
    listing: Mapping[str, Any] | None = None
    signatures: Sequence[Mapping[str, Any]] = ()  # {"role": text or {language: text}, "name": …, "on": date or None}
    leave_out: frozenset[str] = frozenset()


@transaction.atomic
def define_template(
    *, code: str, title: dict, source: str, texts: dict[str, dict[str, str]], actor: Actor, at: datetime
) -> LetterTemplate:
    """A letter may be written from this template from now on; letters already made keep the text they were made from.

    Refuses texts whose languages do not say the same things: a key, or a place to fill, that one lacks.
    """
    check_texts(code, texts)
    whole = BASE + source
    texts = {language: {**COMMON.get(language, COMMON["en"]), **said} for language, said in texts.items()}
    template, _ = LetterTemplate.objects.update_or_create(
        code=code, defaults={"title": title, "source": whole, "texts": texts, "digest": _digest(whole, texts)}
    )
    record("letters.template_defined", None, actor=actor, at=at, code=code, digest=template.digest)
    return template


def check_texts(code: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    first = next(iter(texts), "")
    for language, said in texts.items():
        differ = set(said) ^ set(texts[first])
        differ |= {
            k for k in set(said) & set(texts[first]) if wording.places(said[k]) != wording.places(texts[first][k])
        }
        if differ or "title" not in said:
            raise Refused(
                "letter_texts",
                gettext_noop("The letter “%(code)s” does not say the same in “%(language)s” as in “%(first)s”: %(keys)s."),
                gettext_noop("Give every language the same keys and the same {places}."),
                code=code, language=language, first=first, keys=", ".join(sorted(differ)) or "title",
            )  # fmt: skip


def _digest(source: str, texts: Mapping) -> str:
    return hashlib.sha256((source + "\0" + json.dumps(texts, sort_keys=True, ensure_ascii=False)).encode()).hexdigest()


@transaction.atomic
def make_letter(
    *, template: str, language: str, content: Content, ref: Ref, entry: Entry | None, office: Body, actor: Actor,
    at: datetime,
) -> Letter:  # fmt: skip
    """Write a letter for good: its sentences, figures and check code are frozen; the PDF is made from them on demand.

    Without texts in the person's language it is written in the pack's first language. Refuses an unknown template.
    """
    found = LetterTemplate.objects.filter(code=template).first()
    if found is None:
        raise Refused(
            "no_letter_template", gettext_noop("There is no letter “%(code)s” in the pack."),
            gettext_noop("Have the administrator load the pack again."), code=template,
        )  # fmt: skip
    language = _language(found, language)
    LetterBody.objects.get_or_create(digest=found.digest, defaults={"source": found.source, "texts": found.texts})
    code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    letter = Letter.objects.create(
        template_code=template, body_digest=found.digest, language=language, ref_kind=ref.kind, ref_id=ref.id,
        entry=entry, made_at=at, check_code=code,
        content=_frozen(found.texts[language], language, content, entry, office, code),
    )  # fmt: skip
    record("letters.made", Ref("letters.letter", letter.pk), actor=actor, at=at, template=template, language=language)
    return letter


def _language(template: LetterTemplate, wanted: str) -> str:
    order = [wanted, wanted.split("-")[0], *pack().settings["languages"], *template.texts]
    return next(code for code in order if code in template.texts)


def _frozen(
    texts: Mapping[str, str], language: str, content: Content, entry: Entry | None, office: Body, code: str
) -> dict[str, Any]:
    """Everything the page shows, as finished sentences in their languages."""

    def piece(text: Any) -> dict[str, str]:
        found = text if isinstance(text, wording.Said) else None
        if found is None and isinstance(text, Mapping):
            found = wording.said_in(text, language)
        return (found or wording.Said(wording.written(text or "", language), language)).as_json()

    def labelled(key: str) -> dict[str, str]:
        return wording.Said(texts[key], language).as_json()

    shown = {k: s for k, s in texts.items() if k not in content.leave_out and wording.places(s) <= set(content.values)}
    unfilled = set(texts) - set(shown) - content.leave_out
    if unfilled:
        raise wording.MissingWord(", ".join(sorted(unfilled)))
    return {
        "language": language,
        "dir": wording.direction(language),
        "office": _letterhead(office, language),
        "number": _number(entry, texts, language),
        "addressee": [piece(line) for line in content.addressee],
        "texts": {
            key: wording.Said(wording.filled(sentence, content.values, language), language).as_json()
            for key, sentence in shown.items()
        },
        "parts": {
            "particulars": [
                {"label": labelled(key), "value": piece(value), "strong": key in content.strong}
                for key, value in content.particulars.items()
            ],
            "reasons": [
                {"said": piece(reason["said"]), "law": str(reason.get("law") or ""), "holds": reason.get("holds")}
                for reason in content.reasons
            ],
            "bullets": [piece(text) for text in content.bullets],
            **({"listing": _listing(content.listing, labelled, piece)} if content.listing else {}),
        },
        "signatures": [
            {
                "role": piece(each["role"]),
                "name": piece(each["name"]),
                "on": wording.day(each["on"], language) if each.get("on") else "",
            }
            for each in content.signatures
        ],
        "check": {"code": code, "address": _check_address(code)},
    }


def _listing(listing: Mapping[str, Any], labelled: Any, piece: Any) -> dict[str, Any]:
    return {
        "head": [labelled(key) for key in listing["head"]],
        "rows": [[piece(value) for value in row] for row in listing["rows"]],
        "widths": list(listing["widths"]),
        "ends": list(listing["ends"]),
    }


def _letterhead(office: Body, language: str) -> dict[str, Any]:
    """Offices are called by their name in the pack's first language: names of bodies are not translated on paper."""
    home = pack().settings["languages"][0]
    lines = pack().settings.get("letterheads", {}).get(office.code or "", [])

    def name(body: Body) -> dict[str, str]:
        said = wording.said_in(body.name, language) or wording.said_in(body.name, home)
        return (said or wording.Said("", home)).as_json()

    return {
        "name": name(office),
        "parent": name(office.parent) if office.parent else None,
        "lines": [wording.Said(line, home).as_json() for line in lines],
    }


def _number(entry: Entry | None, texts: Mapping[str, str], language: str) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "label": wording.Said(texts["number_label"], language).as_json(),
        "number": entry.foreign_number or str(entry.number),
        "day": wording.day(day_of(entry.registered_at, zone()), language),
    }


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _check_address(code: str) -> str:
    base = (settings.VATRA.origins or ("http://localhost:8000",))[0].rstrip("/")
    return f"{base}/check/{grouped(code)}/"
