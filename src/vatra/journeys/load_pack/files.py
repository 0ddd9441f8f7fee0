"""A pack as its files say it: read whole, checked across files, without a database."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from . import shapes
from .mapping_shapes import MEASUREMENTS, faults_of
from .reading import Fault, Said, Shape, read_yaml

MAX_FILES = 500
RULES, CASES = ".rules.yaml", ".cases.yaml"


@dataclass
class ProgrammeFiles:
    """A programme with the text of its rules and of their cases, where it has them."""

    said: Said
    rules: str = ""
    cases: str = ""
    rules_path: str = ""
    cases_path: str = ""


@dataclass
class PackFiles:
    """Everything that a pack's folder says. `faults` is empty exactly when all of it could be read."""

    folder: Path
    head: Said = field(default_factory=Said)
    areas: list[Said] = field(default_factory=list)
    bodies: list[Said] = field(default_factory=list)
    roles: list[Said] = field(default_factory=list)
    funds: list[Said] = field(default_factory=list)
    code_lists: list[Said] = field(default_factory=list)
    facts: list[Said] = field(default_factory=list)
    parameters: Said = field(default_factory=Said)
    units: Said = field(default_factory=Said)
    plans: list[Said] = field(default_factory=list)
    programmes: list[ProgrammeFiles] = field(default_factory=list)
    case_types: list[Said] = field(default_factory=list)
    conditions: list[ProgrammeFiles] = field(default_factory=list)  # on households; with their rules and cases
    indicators: list[Said] = field(default_factory=list)  # one file per plan
    letters: dict[str, tuple[Said, str]] = field(default_factory=dict)  # code: (title and texts, Typst source)
    forms: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    digest: str = ""

    @property
    def languages(self) -> list[str]:
        return self.head.get("languages", [])


def digest_of(said: Any) -> str:
    """One digest for the same data, whatever the order of its keys."""
    plain = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def read_pack(folder: Path) -> PackFiles:
    """Read every file of a pack's folder. What is wrong is in `faults`; refuses a folder that is no pack at all."""
    if not (folder / "pack.yaml").is_file():
        raise Refused(
            "not_a_pack",
            gettext_noop("There is no pack in “%(folder)s”: it has no pack.yaml."),
            gettext_noop("Give the code of a folder below “packs”, or set VATRA_PACKS."),
            folder=str(folder),
        )
    pack = PackFiles(folder)
    first = PackFiles(folder)
    languages = pack_file(first, "pack.yaml", shapes.LANGUAGES) or Said()
    pack.head = Said(languages)  # so that the texts of pack.yaml itself are held to the languages that it names
    pack.head = pack_file(pack, "pack.yaml", shapes.PACK) or Said()
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    if len(names) > MAX_FILES:
        pack.faults.append(Fault("pack.yaml", 1, 1, gettext_noop("The pack has more than five hundred files.")))
        return pack
    pack.areas = pack_file(pack, "areas.yaml", shapes.AREAS) or []
    pack.bodies = pack_file(pack, "bodies.yaml", shapes.BODIES) or []
    pack.roles = pack_file(pack, "roles.yaml", shapes.ROLES) or []
    if (folder / "funds.yaml").is_file():  # who pays nothing has none
        pack.funds = pack_file(pack, "funds.yaml", shapes.FUNDS) or []
    pack.facts = pack_file(pack, "facts.yaml", shapes.FACTS) or []
    pack.parameters = pack_file(pack, "parameters.yaml", shapes.PARAMETERS) or Said()
    pack.units = pack_file(pack, "units.yaml", shapes.UNITS) or Said()
    for path in below(folder, "codes", "*.yaml"):
        if (said := pack_file(pack, path, shapes.CODE_LIST)) is not None:
            pack.code_lists.append(said)
    for path in sorted(p.name for p in folder.glob("plan-*.yaml")):
        if (said := pack_file(pack, path, shapes.PLAN)) is not None:
            pack.plans.append(said)
    pack.programmes = _read_ruled(pack, "programmes", shapes.PROGRAMME)
    pack.conditions = _read_ruled(pack, "conditions", shapes.CONDITION)
    for path in below(folder, "indicators", "*.yaml"):
        if (said := pack_file(pack, path, shapes.INDICATORS)) is not None:
            pack.indicators.append(said)
    for path in below(folder, "case-types", "*.yaml"):
        if (said := pack_file(pack, path, shapes.CASE_TYPE)) is not None:
            pack.case_types.append(said)
    _read_letters(pack)
    for path in below(folder, "mappings", "*.yaml"):
        if (said := pack_file(pack, path, MEASUREMENTS)) is not None:
            pack.faults += faults_of(said)
    pack.forms = [folder / path for path in below(folder, "forms", "*.xlsx")]
    pack.digest = _digest_of_files(folder, names)
    return pack


def below(folder: Path, part: str, pattern: str) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in (folder / part).glob(pattern))


def pack_file(pack: PackFiles, path: str, shape: Shape) -> Any:
    full = pack.folder / path
    if not full.is_file():
        pack.faults.append(Fault(path, 1, 1, gettext_noop("This file is missing.")))
        return None
    return read_yaml(full, shape, root=pack.folder, languages=pack.languages, faults=pack.faults)


def _read_ruled(pack: PackFiles, part: str, shape: Shape) -> list[ProgrammeFiles]:
    """What is described in one file and ruled by two more of the same name: programmes, conditions."""
    paths, read = below(pack.folder, part, "*.yaml"), []
    for path in paths:
        if path.endswith((RULES, CASES)):
            continue
        said = pack_file(pack, path, shape)
        if said is None:
            continue
        stem = path.removesuffix(".yaml")
        found = ProgrammeFiles(said)
        if stem + RULES in paths:
            found.rules_path = stem + RULES
            found.rules = (pack.folder / found.rules_path).read_text(encoding="utf-8")
        if stem + CASES in paths:
            found.cases_path = stem + CASES
            found.cases = (pack.folder / found.cases_path).read_text(encoding="utf-8")
        read.append(found)
    stems = {p.removesuffix(".yaml") for p in paths if not p.endswith((RULES, CASES))}
    for path in paths:
        if path.endswith((RULES, CASES)) and path.removesuffix(RULES).removesuffix(CASES) not in stems:
            pack.faults.append(Fault(path, 1, 1, gettext_noop("Nothing stands beside these rules or cases.")))
    return read


def _read_letters(pack: PackFiles) -> None:
    for path in below(pack.folder, "letters", "*.yaml"):
        said = pack_file(pack, path, shapes.LETTER)
        source = pack.folder / (path.removesuffix(".yaml") + ".typ")
        if said is None:
            continue
        if not source.is_file():
            pack.faults.append(Fault(path, 1, 1, gettext_noop("The letter has texts but no .typ file beside them.")))
            continue
        pack.letters[source.stem] = (said, source.read_text(encoding="utf-8"))


def _digest_of_files(folder: Path, names: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for name in sorted(names):
        whole.update(name.encode() + b"\0" + hashlib.sha256((folder / name).read_bytes()).digest())
    return whole.hexdigest()
