"""The map of columns: which column of a file holds what. Checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

KNOWN = (
    "id", "given_name", "father_name", "mother_name", "family_name", "full_name", "birth_date", "birth_year", "sex", "phone",
    "locality", "household",
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Column names of one file; absent ones are None."""

    id: str
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns of a field: several are read as one text (names side by side; year, month, day)."""
        return self.fields.get(name, ())

    def all(self) -> list[str]:
        """Every column named, once."""
        return list(dict.fromkeys([self.id, *(c for cs in self.fields.values() for c in cs), *self.identifiers]))


def read_columns(path: Path) -> tuple[Columns, Columns]:
    """The maps of the left and the right file; a map without `left:`/`right:` serves both.

    Refuses a file that is not YAML, names a field we do not know, or has no `id`.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(
            "linkage.columns_unreadable",
            _("The map of columns %(path)s cannot be read: %(error)s"),
            _("Give a YAML file with lines such as “given_name: FIRST_NAME”."),
            path=str(path),
            error=str(error).splitlines()[0],
        ) from error
    data = _mapping(data)
    both = {k: v for k, v in data.items() if k not in ("left", "right")}
    left = _columns({**both, **_mapping(data.get("left"))}, path)
    right = _columns({**both, **_mapping(data.get("right"))}, path)
    return left, right


def _mapping(data: Any) -> dict[str, Any]:
    """What YAML gave, if it is a map; else nothing, which is then refused for what it lacks."""
    return {str(k): v for k, v in data.items()} if isinstance(data, dict) else {}


def _columns(data: dict[str, Any], path: Path) -> Columns:
    unknown = sorted(k for k in data if k not in KNOWN and k != "identifiers")
    if unknown:
        raise Refused(
            "linkage.columns_unknown",
            _("%(path)s: “%(name)s” is not a field that can be matched."),
            _("Use only these fields: %(known)s."),
            path=str(path),
            name=unknown[0],
            known=", ".join((*KNOWN, "identifiers")),
        )
    if not data.get("id"):
        raise Refused(
            "linkage.columns_without_id",
            _("%(path)s does not say which column identifies a record."),
            _("Add a line “id: NAME_OF_THE_COLUMN”."),
            path=str(path),
        )
    identifiers = data.get("identifiers") or []
    if isinstance(identifiers, str):
        identifiers = [identifiers]
    fields = {
        k: tuple(str(c) for c in data[k]) if isinstance(data[k], list) else (str(data[k]),)
        for k in KNOWN[1:]
        if data.get(k)
    }
    if not fields and not identifiers:
        raise Refused(
            "linkage.columns_nothing_to_compare",
            _("%(path)s names no column to compare besides the id."),
            _("Name at least one of: %(known)s."),
            path=str(path),
            known=", ".join((*KNOWN[1:], "identifiers")),
        )
    return Columns(str(data["id"]), fields, tuple(str(i) for i in identifiers))
