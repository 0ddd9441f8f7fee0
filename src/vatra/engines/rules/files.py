"""Catalogues and rulesets as files: a `catalogue.yaml`, or the folder of a pack."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.document import MAX_CHARS, Mapping, read_document
from vatra.engines.rules.parameters import plain
from vatra.engines.rules.problems import Trouble
from vatra.kernel.days import Calendar
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

MAX_DEPTH_UP = 8


def read_text(path: Path) -> str:
    """The text of a file, at most a little more than a document may have: what is longer is refused as it is.

    Raises Refused if it is not there or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(4 * MAX_CHARS + 1)
        # Cut inside a letter: only a document that is too long anyway is cut.
        return raw.decode("utf-8", "ignore" if len(raw) > 4 * MAX_CHARS else "strict").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Refused(
            "not_utf8",
            _("%(path)s is not UTF-8 text (byte %(at)s)."),
            _("Save the file as UTF-8."),
            path=path,
            at=error.start,
        ) from None
    except OSError as error:
        raise Refused(
            "no_file", _("%(path)s cannot be read: %(why)s."), _("Check the name."), path=path, why=error.strerror
        ) from None


def read_plain(path: Path) -> Any:
    """A YAML file as plain data with every scalar as its text. Raises Refused."""
    try:
        return plain(read_document(read_text(path)))
    except Trouble as trouble:
        problem = trouble.problem
        raise Refused(
            "wrong_file",
            _("%(path)s, line %(line)s: %(why)s"),
            _("Correct the file."),
            path=path,
            line=problem.line,
            why=problem.text,
        ) from None


def find_catalogue(start: Path) -> Path | None:
    """The nearest `catalogue.yaml` or `pack.yaml` in the folder of a file or above it."""
    folder = start.resolve() if start.is_dir() else start.resolve().parent
    for here in [folder, *folder.parents][:MAX_DEPTH_UP]:
        for name in ("catalogue.yaml", "pack.yaml"):
            if (here / name).is_file():
                return here / name
    return None


def load_catalogue(path: Path, working_days: Callable[[Any], Calendar] | None = None) -> Catalogue:
    """A catalogue from its own file, or from the folder of a pack (pack, facts, codes, parameters). Raises Refused.

    `working_days` makes the calendar of what a pack says about its holidays; without it there is none.
    """
    if path.is_dir():
        path = find_catalogue(path) or path / "catalogue.yaml"
    data = read_plain(path)
    if not isinstance(data, dict):
        raise Refused("wrong_file", _("%(path)s is not a catalogue."), _("See docs/rules.md."), path=path)
    if path.name != "pack.yaml":
        return Catalogue.from_dict(data)
    calendar = working_days(data["calendar"]) if working_days and data.get("calendar") else None
    return Catalogue.from_dict({**_of_pack(path.parent, data), "calendar": calendar})


def _of_pack(folder: Path, head: dict[str, Any]) -> dict[str, Any]:
    lists = {}
    for file in sorted((folder / "codes").glob("*.yaml")):
        found = read_plain(file)
        lists[found["code"]] = [row["code"] for row in found["codes"]]
    facts = {}
    for said in read_plain(folder / "facts.yaml") if (folder / "facts.yaml").is_file() else []:
        kept = {k: said[k] for k in ("type", "title", "question", "currency", "decimals", "formula") if said.get(k)}
        spec = {"of": said.get("subject"), **kept, **(said.get("bounds") or {})}
        if said.get("code_list"):
            spec["codes"] = lists.get(said["code_list"], [])
        facts[said["code"]] = spec
    parameters = folder / "parameters.yaml"
    rules = [*folder.glob("programmes/*.yaml")]
    programmes = [p.name.split(".")[0] for p in rules]
    return {
        "currencies": head.get("currencies") or {},
        "facts": facts,
        "parameters": read_plain(parameters) if parameters.is_file() else {},
        "programmes": sorted(set(programmes)),
    }


@dataclass(frozen=True)
class RulesFile:
    path: Path
    text: str
    code: str


def rules_files(folder: Path) -> list[RulesFile]:
    """The documents with rules in a folder: `*.rules.yaml`, and other YAML with clauses, derived figures or measures."""
    out = []
    for path in sorted(folder.rglob("*.yaml")):
        if path.name.endswith(".cases.yaml"):
            continue
        text = read_text(path)
        try:
            root = read_document(text)
        except Trouble:
            if path.name.endswith(".rules.yaml"):
                out.append(RulesFile(path, text, ""))
            continue
        if isinstance(root, Mapping) and {"clauses", "derive", "measures"} & set(root.items):
            out.append(RulesFile(path, text, str(plain(root.get("code")) or "")))
    return out
