"""Kinds of case, as a pack declares them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from vatra.kernel.actor import Actor

from ..models import CaseType


@transaction.atomic
def define_case_type(
    *, code: str, title: dict[str, str], level: str, summary: dict[str, str] | None = None, about: str = "household",
    sealed: bool = False, law: dict[str, Any] | None = None, order: int = 0, definition: dict[str, Any],
    actor: Actor, at: datetime,
) -> CaseType:  # fmt: skip
    """From now on cases of this type can be opened. Cases that run follow the definition as it stands."""
    said = {
        "title": title, "summary": summary or {}, "level": level, "about": about, "sealed": sealed, "law": law or {},
        "order": order, "definition": definition, "retired_on": None,
    }  # fmt: skip
    made, _ = CaseType.objects.update_or_create(code=code, defaults=said)
    return made


@transaction.atomic
def retire_case_type(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """No new case of this type is opened; those that run go on."""
    CaseType.objects.filter(code=code, retired_on=None).update(retired_on=on)
