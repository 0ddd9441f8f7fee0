"""Reading letters, and letting anybody check one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from vatra.foundation.access.reading import readable
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.ref import Ref

from .commands import BASE, COMMON
from .models import Letter, LetterTemplate


def letter_for(letter: UUID, *, actor: Actor) -> Letter:
    """A letter on a record that the actor may see. Raises DoesNotExist otherwise, NoGrant if they see none at all."""
    found = Letter.objects.select_related("entry__register").get(pk=letter)
    if not readable(Ref(found.ref_kind, found.ref_id), actor=actor):
        raise Letter.DoesNotExist
    return found


def letters_of(refs: Iterable[Ref]) -> QuerySet[Letter]:
    """Letters on these records, latest first. The caller has checked that its reader may see the records."""
    ids = [ref.id for ref in refs]
    return Letter.objects.filter(ref_id__in=ids).select_related("entry__register").order_by("-made_at", "-id")


@dataclass(frozen=True, slots=True)
class Check:
    """What the public page of a letter says: nothing about anybody."""

    number: str
    on: date
    office: dict[str, str]


def check(code: str) -> Check | None:
    """The letter that carries this code, as anybody may know it: its number, its day, who issued it."""
    wanted = code.upper().replace("-", "").replace(" ", "")
    found = Letter.objects.filter(check_code=wanted).select_related("entry__register__office").defer("content").first()
    if found is None or found.entry is None:
        return None
    entry = found.entry
    return Check(
        entry.foreign_number or str(entry.number), day(entry.registered_at, zone()), entry.register.office.name
    )


def described(code: str) -> dict[str, Any] | None:
    """A template as a pack says it, without what every letter shares; None if there is none under this code."""
    found = LetterTemplate.objects.filter(code=code).first()
    if found is None:
        return None
    shared = {language: COMMON.get(language, COMMON["en"]) for language in found.texts}
    texts = {
        language: {key: text for key, text in said.items() if shared[language].get(key) != text}
        for language, said in found.texts.items()
    }
    return {"title": found.title, "source": found.source.removeprefix(BASE), "texts": texts}


def titles() -> dict[str, dict[str, str]]:
    """What each letter of the pack is called, by its code."""
    return dict(LetterTemplate.objects.values_list("code", "title"))
