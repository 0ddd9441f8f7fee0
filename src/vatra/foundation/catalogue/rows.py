"""Definitions as frozen rows: what a process keeps of the catalogue between two changes of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

Text = dict[str, str]  # {language: text}


@dataclass(frozen=True)
class CodeRow:
    """One value of a list."""

    code: str
    title: Text
    order: int = 0
    parent: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    retired_on: date | None = None


@dataclass(frozen=True)
class FactRow:
    """What can be known about a person or a household, and how its value is written."""

    code: str
    subject: str  # person, household
    type: str
    currency: str
    code_list: str  # empty unless the type is code
    title: Text
    question: Text
    help: Text
    fresh_days: int | None
    sensitive: bool
    default: Any
    order: int
    retired_on: date | None
    decimals: int | None = None
    bounds: dict[str, Any] = field(default_factory=dict)
    formula: str = ""


@dataclass(frozen=True)
class PackRow:
    """The pack that this installation runs on, and its settings as loaded."""

    code: str
    version: str
    title: Text
    digest: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class Definitions:
    """Everything at once: the pack (None before one is loaded), facts, code lists and shared parameters by code."""

    revision: int
    pack: PackRow | None
    facts: dict[str, FactRow]
    lists: dict[str, dict[str, CodeRow]]
    list_titles: dict[str, Text]
    parameters: dict[str, dict[str, Any]]
