"""A register of providers as the pack describes it: its columns, its nomenclature, its phones, what it seals."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from django.conf import settings

from vatra.engines.names import fold
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

Words = dict[str, str]  # {language: text}


@dataclass(frozen=True, slots=True)
class Phones:
    trunk: str
    country: str
    digits: int


@dataclass(frozen=True, slots=True)
class Register:
    """One register of the pack: `registers/*.yaml` with `kind: providers`."""

    code: str
    title: Words
    language: str
    columns: dict[str, list[str]]
    required: list[str]
    encodings: list[str]
    letters: dict[int, str]
    nomenclature_files: list[str]
    nomenclature_columns: dict[str, str]
    phones: Phones | None
    bounds: dict[str, list[float]]
    aliases: dict[str, str]
    address_sealed: list[str]
    place_words: list[str]
    bodies: list[tuple[str, list[str]]]
    otherwise: str
    forms: dict[str, Words]
    groups: dict[str, Words]
    categories: dict[str, Words] = field(default_factory=dict)
    types: dict[str, Words] = field(default_factory=dict)
    folder: Path | None = None  # of the pack, where it was read

    def seals(self, code: str) -> bool:
        return any(fnmatchcase(code, pattern) for pattern in self.address_sealed)

    def body_kind(self, name: str) -> str:
        words = f" {fold(name)} "
        for kind, signs in self.bodies:
            if any(f" {sign} " in words for sign in signs):
                return kind
        return self.otherwise


@dataclass(frozen=True, slots=True)
class TypeDraft:
    """One kind of service, as the nomenclature and the pack describe it."""

    code: str
    title: Words
    category: str
    category_title: Words
    offers: list[str]
    address_sealed: bool


def load_register(code: str = "", *, folder: Path | None = None) -> Register:
    """The pack's register of providers; by code where it has several. Refuses a pack that describes none."""
    folder = folder or settings.VATRA.packs / settings.VATRA.pack / "registers"
    found = []
    for path in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if document.get("kind") == "providers" and code in ("", document["code"]):
            found.append(document)
    if len(found) == 1:
        return replace(register_of(found[0]), folder=folder)
    if found:
        raise Refused(
            "register_unclear",
            gettext_noop("The pack describes several registers of providers: %(codes)s."),
            gettext_noop("Choose one with --register."),
            codes=", ".join(document["code"] for document in found),
        )
    raise Refused(
        "register_unknown",
        gettext_noop("The pack “%(pack)s” describes no such register of providers."),
        gettext_noop("Describe its columns and nomenclature in %(folder)s, as docs/how-to/import-providers.md shows."),
        pack=settings.VATRA.pack, folder=str(folder),
    )  # fmt: skip


def register_of(document: Mapping) -> Register:
    nomenclature = document.get("nomenclature", {})
    phone = document.get("phone")
    return Register(
        code=document["code"],
        title=document["title"],
        language=document["language"],
        columns={name: list(headings) for name, headings in document["columns"].items()},
        required=list(document["required"]),
        encodings=list(document.get("encodings", [])),
        letters=str.maketrans(document.get("letters", {})),
        nomenclature_files=list(nomenclature.get("files", [])),
        nomenclature_columns=dict(nomenclature.get("columns", {})),
        phones=Phones(phone["trunk"], phone["country"], phone["digits"]) if phone else None,
        bounds=dict(document.get("bounds", {})),
        aliases=dict(document.get("aliases", {})),
        address_sealed=list(document.get("address_sealed", [])),
        place_words=list(document.get("place_words", [])),
        bodies=[(kind, list(signs)) for kind, signs in document.get("bodies", [])],
        otherwise=document.get("otherwise", "nonprofit"),
        forms=document.get("forms", {}),
        groups=document.get("groups", {}),
        categories=document.get("categories", {}),
        types=document.get("types", {}),
    )


def nomenclature_beside(register: Register, file: Path) -> Path | None:
    """The nomenclature in the folder of the register's file, under a name that the pack knows; else the pack's own."""
    for folder in (file.resolve().parent, register.folder):
        for pattern in register.nomenclature_files:
            for path in sorted(folder.glob(pattern)) if folder else []:
                return path
    return None


def read_nomenclature(register: Register, path: Path) -> list[TypeDraft]:
    """The kinds of service in a nomenclature file (a JSON list). Refuses one that is not such a list."""
    names = register.nomenclature_columns
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = [
            (str(e[names["code"]]).strip(), str(e[names["title"]]).strip(), str(e[names["category"]]).strip(),
             [str(offer).strip() for offer in e.get(names["offers"]) or []])
            for e in entries
        ]  # fmt: skip
        if not rows or not all(code and title for code, title, _, _ in rows):
            raise ValueError("an entry without code or title")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Refused(
            "nomenclature_unreadable",
            gettext_noop("The nomenclature %(file)s cannot be read: %(fault)s."),
            gettext_noop("It should be a JSON list of entries with %(columns)s; name another with --nomenclature."),
            file=path.name, fault=str(fault), columns=", ".join(names.values()),
        ) from fault  # fmt: skip
    return _drafts(register, rows)


def _drafts(register: Register, rows: list[tuple[str, str, str, list[str]]]) -> list[TypeDraft]:
    categories: dict[str, str] = {}
    for code, _, category, _ in rows:
        categories.setdefault(category, _family(code, set(categories.values())))
    return [
        TypeDraft(
            code=code,
            title={register.language: title, **register.types.get(code, {})},
            category=categories[category],
            category_title={register.language: category, **register.categories.get(categories[category], {})},
            offers=offers,
            address_sealed=register.seals(code),
        )
        for code, title, category, offers in rows
    ]


def _family(code: str, taken: set[str]) -> str:
    """A category is called by what its first code begins with: 8790CR-VD-I belongs to 8790CR-VD."""
    family = re.sub(r"-?[IVX]+$", "", code).rstrip("-") or code
    return family if family not in taken else code
