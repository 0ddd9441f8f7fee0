"""How a file of reports is read: which column is what, where a line belongs in the plan, what its words mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
LENGTHS = ("day", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the plan's tree above the indicators."""

    kind: str
    title: str  # column
    code: str = ""  # column; without one, the title makes a level the same again
    number: re.Pattern[str] | None = None  # what in the title is its number
    drop: re.Pattern[str] | None = None  # what in the title is no title
    optional: bool = False
    titles: Mapping[str, dict[str, str]] = field(default_factory=dict)  # code or title → in more languages


@dataclass(frozen=True, slots=True)
class Code:
    title: dict[str, str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A dimension (nationality, sex, age): told by words or a pattern in the indicator's title, or by a column."""

    code: str
    title: dict[str, str]
    codes: Mapping[str, Code]
    column: str = ""
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class AreaLevel:
    kind: str
    code: str = ""  # column
    name: str = ""  # column
    codes: Mapping[str, str] = field(default_factory=dict)  # the source's code → ours


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How an indicator whose unit or title fits is read over several periods."""

    how: str
    unit: re.Pattern[str] | None = None
    title: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class MeasurementMap:
    code: str
    title: dict[str, str]
    language: str
    plan: Mapping[str, Any]
    columns: Mapping[str, list[str]]
    optional: frozenset[str]
    encodings: tuple[str, ...]
    missing: frozenset[str]
    decimal: str  # ".", "," or "auto"
    key: tuple[str, ...]
    levels: tuple[Level, ...]
    series: tuple[str, ...]  # columns whose values together name the source's indicator
    indicator: str  # column of its title
    unit: str
    number: re.Pattern[str] | None
    within: re.Pattern[str] | None
    breakdowns: tuple[Breakdown, ...]
    aggregates: tuple[Aggregate, ...]
    area: tuple[AreaLevel, ...]
    area_pack: str
    area_within: str
    area_otherwise: str  # code of the place of lines that name none; without one, they are rejected
    start: str
    end: str
    formats: tuple[str, ...]
    length: str
    value: str
    reporter: tuple[str, ...]  # columns of the name, the first that says something
    reporter_kind: str
    keep: Mapping[str, str]  # detail → column
    repeated: str  # "keep" or "reject"

    @property
    def required(self) -> list[str]:
        return [name for name in self.columns if name not in self.optional]


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _columns(said: str | list[str] | None) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, list) else (said,) if said else ()


def mapping_of(said: Mapping[str, Any]) -> MeasurementMap:
    """The mapping that a checked document says (`journeys.measurements.read_mapping` checks it)."""
    indicator, period, areas = said["indicator"], said["period"], said["areas"]
    reporter = said.get("reporter", {})
    return MeasurementMap(
        code=said["code"], title=said["title"], language=said["language"], plan=said["plan"],
        columns=said["columns"], optional=frozenset(said.get("optional", ())),
        encodings=tuple(said.get("encodings", ())),
        missing=frozenset(word.casefold() for word in said.get("missing", ())), decimal=said.get("decimal", "auto"),
        key=tuple(said.get("key", ())), levels=tuple(_level(level) for level in said["levels"]),
        series=_columns(indicator["code"]), indicator=indicator["title"], unit=indicator.get("unit", ""),
        number=_pattern(indicator.get("number")), within=_pattern(indicator.get("within")),
        breakdowns=tuple(_breakdown(code, one) for code, one in said.get("breakdowns", {}).items()),
        aggregates=tuple(
            Aggregate(one["as"], _pattern(one.get("unit")), _pattern(one.get("title")))
            for one in said.get("aggregation", ())
        ),
        area=tuple(AreaLevel(**one) for one in areas["levels"]), area_pack=areas.get("pack", ""),
        area_within=areas.get("within", ""), area_otherwise=areas.get("otherwise", ""), start=period["start"], end=period.get("end", ""),
        formats=tuple(period.get("formats", ISO)), length=period.get("length", "month"), value=said["value"],
        reporter=_columns(reporter.get("name")), reporter_kind=reporter.get("kind", "nonprofit"),
        keep=said.get("keep", {}), repeated=said.get("repeated", "keep"),
    )  # fmt: skip


def _level(said: Mapping[str, Any]) -> Level:
    patterns = {name: _pattern(said.get(name)) for name in ("number", "drop")}
    return Level(**{**said, **patterns})


def _breakdown(code: str, said: Mapping[str, Any]) -> Breakdown:
    codes = {
        name: Code(one["title"], tuple(one.get("words", ())) or (name,)) for name, one in said.get("codes", {}).items()
    }
    return Breakdown(code, said["title"], codes, said.get("column", ""), _pattern(said.get("pattern")))


def named_columns(said: Mapping[str, Any]) -> list[str]:
    """Every column that a document names anywhere; each must stand in its `columns`."""
    found = [*said.get("optional", ()), *said.get("key", ()), said["value"], *said.get("keep", {}).values()]
    for level in said["levels"]:
        found += [level["title"], level.get("code", "")]
    indicator, period = said["indicator"], said["period"]
    found += [*_columns(indicator["code"]), indicator["title"], indicator.get("unit", "")]
    found += [period["start"], period.get("end", ""), *_columns(said.get("reporter", {}).get("name"))]
    found += [level.get(part, "") for level in said["areas"]["levels"] for part in ("code", "name")]
    found += [one.get("column", "") for one in said.get("breakdowns", {}).values()]
    return [name for name in found if name]


def plan_days(said: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(said["starts_on"]), date.fromisoformat(said["ends_on"])
