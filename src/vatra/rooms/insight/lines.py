"""One line of a report, understood: which indicator of the plan, where, when, by whom, how much. Or why not."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from vatra.foundation.imports.commands import Reason
from vatra.foundation.imports.tables import TableRow
from vatra.foundation.places.index import AreaIndex
from vatra.foundation.places.models import Area
from vatra.kernel.exact import LARGEST, is_rounded
from vatra.kernel.words import gettext_noop

from . import figures
from .mapping import Level, MeasurementMap

EARLIEST, LATEST = 1900, 2200
LONGEST_CODE = 128
AN_END = date(2019, 1, 31)  # a day by which a form is shown to people
_RUNS = re.compile(r"[\s_]+")
_EDGES = " _:;.,-–/|"


@dataclass(frozen=True, slots=True)
class Step:
    """A level of the plan that a line names."""

    kind: str
    key: str  # the same for the same level
    title: dict[str, str]
    number: str


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator's title taken apart."""

    stem: str
    number: str
    breakdown: dict[str, str]


@dataclass(slots=True)
class Draft:
    """A line that can be placed. `identity` is what makes it this line, before repetitions are counted."""

    row: int
    series: str
    title: str
    unit: str
    steps: tuple[Step, ...]
    named: Named
    area: Area
    reporter: str
    starts_on: date
    ends_on: date
    value: Decimal
    reported: str
    details: dict[str, str]
    identity: bytes
    flags: list[Reason] = field(default_factory=list)


class Rejected(Exception):
    """Why a line cannot be placed."""

    def __init__(self, code: str, sentence: str, column: str = "", /, **values: object) -> None:
        super().__init__(code)
        self.reason = Reason(code, sentence, column, values)


@dataclass
class LineReader:
    """Reads the lines of one file by one mapping."""

    map: MeasurementMap
    areas: AreaIndex
    sign: str  # for decimals
    headings: dict[str, str]  # column → its heading in this file, so that a reason names what people see
    _named: dict[tuple[str, tuple[str, ...]], Named] = field(default_factory=dict)

    def read(self, row: TableRow) -> Draft | Reason:
        try:
            return self._draft(row)
        except Rejected as rejected:
            return rejected.reason

    def said(self, row: TableRow, column: str) -> str:
        """What a cell says; nothing for a mark that nothing is known."""
        text = row.cells.get(column, "") if column else ""
        return "" if text.casefold() in self.map.missing else text

    def heading(self, column: str) -> str:
        return self.headings.get(column, column)

    def _draft(self, row: TableRow) -> Draft:
        if row.surplus:
            raise Rejected(
                "cells_shifted",
                gettext_noop("The row has more cells than the header: a separator stands inside a cell."),
            )
        flags: list[Reason] = []
        series = self._series(row)
        value, reported = self._value(row, flags)
        starts_on, ends_on = self._period(row, flags)
        area = self._area(row, flags)
        title = self.said(row, self.map.indicator) or series
        reporter = next((said for column in self.map.reporter if (said := self.said(row, column))), "")
        details = {name: said[:200] for name, column in self.map.keep.items() if (said := self.said(row, column))}
        draft = Draft(
            row.number, series, title[:500], self.said(row, self.map.unit)[:64], self._steps(row),
            self._name(row, title), area, reporter, starts_on, ends_on, value, reported, details, b"", flags,
        )  # fmt: skip
        draft.identity = self._identity(row, draft)
        return draft

    def _series(self, row: TableRow) -> str:
        parts = [self.said(row, column) for column in self.map.series]
        if not all(parts):
            column = self.heading(self.map.series[parts.index("")])
            raise Rejected("indicator_missing", gettext_noop("The row names no indicator."), column)
        return short(":".join(parts))

    def _value(self, row: TableRow, flags: list[Reason]) -> tuple[Decimal, str]:
        text, column = self.said(row, self.map.value), self.heading(self.map.value)
        if not text:
            raise Rejected("value_missing", gettext_noop("The row has no value."), column)
        value = figures.number(text, self.sign, percent=figures.is_percent(self.said(row, self.map.unit)))
        if value is None:
            raise Rejected(
                "value_no_number", gettext_noop("“%(text)s” is not a number with “%(sign)s” for decimals."), column,
                text=text[:40], sign=self.sign,
            )  # fmt: skip
        if abs(value) >= LARGEST:
            raise Rejected("value_too_large", gettext_noop("“%(text)s” is too large."), column, text=text[:40])
        if is_rounded(value):
            sentence = gettext_noop("“%(text)s” has more than 18 decimals and was rounded there.")
            flags.append(Reason("value_rounded", sentence, column, {"text": text[:40]}))
        return value, text

    def _period(self, row: TableRow, flags: list[Reason]) -> tuple[date, date]:
        starts_on = self._day(row, self.map.start)
        if self.said(row, self.map.end) or self.map.end in self.map.required:
            ends_on = self._day(row, self.map.end, end=True)
        else:
            ends_on = figures.last_day(starts_on, self.map.length)
        if ends_on < starts_on:
            raise Rejected(
                "period_backwards", gettext_noop("The period ends on %(end)s, before it begins on %(start)s."),
                self.heading(self.map.end), start=starts_on.isoformat(), end=ends_on.isoformat(),
            )  # fmt: skip
        plan = self.map.plan
        if ends_on.isoformat() < plan["starts_on"] or starts_on.isoformat() > plan["ends_on"]:
            sentence = gettext_noop("The period from %(start)s lies outside the plan's; the figure was kept.")
            flags.append(
                Reason("outside_plan", sentence, self.heading(self.map.start), {"start": starts_on.isoformat()})
            )
        return starts_on, ends_on

    def _day(self, row: TableRow, column: str, *, end: bool = False) -> date:
        text = self.said(row, column)
        if not text:
            raise Rejected("date_missing", gettext_noop("The row has no date."), self.heading(column))
        found = figures.day(text, self.map.formats, end=end)
        if found is None or not EARLIEST < found.year < LATEST:
            raise Rejected(
                "date_unreadable", gettext_noop("“%(text)s” is not a day as the mapping expects it (%(form)s)."),
                self.heading(column), text=text[:40], form=AN_END.strftime(self.map.formats[0]),
            )  # fmt: skip
        return found

    def _area(self, row: TableRow, flags: list[Reason]) -> Area:
        """The smallest place that the row names. One that is named and not known is a fault, not a reason to guess; a
        row that names none is of the whole, where the mapping says so."""
        for level in self.map.area:
            code, name = self.said(row, level.code), self.said(row, level.name)
            if not code and not name:
                continue
            found = self._by_code(level.codes.get(code, code), level.kind) if code else None
            called = self.areas.named(name, kinds=[level.kind]) if name else []
            if code and found is None:
                raise Rejected(
                    "area_unknown", gettext_noop("No place of the kind “%(kind)s” has the code “%(code)s” (%(name)s)."),
                    self.heading(level.code), kind=level.kind, code=code[:40], name=name[:60] or "—",
                )  # fmt: skip
            if found is None and len(called) != 1:
                raise Rejected(
                    "area_unclear" if called else "area_unknown",
                    gettext_noop("“%(name)s” is the name of %(count)s known places of the kind “%(kind)s”."),
                    self.heading(level.name), name=name[:60], count=len(called), kind=level.kind,
                )  # fmt: skip
            if found and name and called and found not in called:
                sentence = gettext_noop("The code “%(code)s” is not that of “%(name)s”; the code was followed.")
                flags.append(
                    Reason("area_contradicts", sentence, self.heading(level.code), {"code": code, "name": name[:60]})
                )
            return found or called[0]
        column = self.heading(self.map.area[0].name or self.map.area[0].code)
        whole = self.areas.code(self.map.area_otherwise)
        if whole is None:
            raise Rejected("area_missing", gettext_noop("The row names no place."), column)
        sentence = gettext_noop("The row names no place; it was placed in “%(code)s”.")
        flags.append(Reason("area_missing", sentence, column, {"code": whole.code}))
        return whole

    def _by_code(self, code: str, kind: str) -> Area | None:
        found = self.areas.code(code)
        return found if found and found.kind == kind else None

    def _steps(self, row: TableRow) -> tuple[Step, ...]:
        steps = []
        for level in self.map.levels:
            title, code = self.said(row, level.title), self.said(row, level.code)
            if not title and not code:
                if level.optional:
                    continue
                sentence = gettext_noop("The row does not say where in the plan it belongs.")
                raise Rejected("level_missing", sentence, self.heading(level.title))
            steps.append(self._step(level, code, title or code))
        return tuple(steps)

    def _step(self, level: Level, code: str, title: str) -> Step:
        found = level.number.search(title) if level.number else None
        number = _group(found)
        bare = level.drop.sub("", title).strip() if level.drop else title
        words = {self.map.language: bare or title, **level.titles.get(code or title, {})}
        return Step(level.kind, code or " ".join(title.casefold().split()), words, number)

    def _name(self, row: TableRow, title: str) -> Named:
        columns = tuple(self.said(row, one.column) for one in self.map.breakdowns)
        if (title, columns) not in self._named:
            self._named[title, columns] = take_apart(title, columns, self.map)
        return self._named[title, columns]

    def _identity(self, row: TableRow, draft: Draft) -> bytes:
        """What the mapping calls the key of a line; without one (or where a part of it is blank), all that it says."""
        keys = [self.said(row, column) for column in self.map.key]
        if keys and all(keys):
            said = ["key", *keys]
        else:
            said = [
                "line", draft.series, draft.area.code, draft.reporter, draft.starts_on.isoformat(),
                draft.ends_on.isoformat(), *(f"{name}={draft.details.get(name, '')}" for name in sorted(self.map.keep)),
            ]  # fmt: skip
        text = json.dumps([self.map.plan["code"], *said], ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()[:20]


def short(code: str) -> str:
    """A code that fits its column; one that is too long ends in a digest, so that no two become one."""
    if len(code) <= LONGEST_CODE:
        return code
    return f"{code[: LONGEST_CODE - 13]}~{hashlib.sha256(code.encode()).hexdigest()[:12]}"


def _group(found: re.Match[str] | None) -> str:
    """The first group of a match, or all of it."""
    return "" if found is None else (found[1] or "") if found.re.groups else found[0]


def take_apart(title: str, columns: Sequence[str], mapping: MeasurementMap) -> Named:
    """An indicator's title without its number and without what only tells its parts apart."""
    inside = mapping.within.match(title) if mapping.within else None
    head, rest = (inside[0], title[inside.end() :]) if inside else (title, "")
    breakdown: dict[str, str] = {}
    for dimension, cell in zip(mapping.breakdowns, columns, strict=True):
        if dimension.column:
            code = next((c for c, one in dimension.codes.items() if cell in one.words), cell)
            found = None
        else:
            code, found = _told(dimension, head)
        if code:
            breakdown[dimension.code] = code[:64]
        if found:
            head = head[: found.start()] + " " + head[found.end() :]
    found = mapping.number.search(head) if mapping.number else None
    if found:
        head = head[: found.start()] + " " + head[found.end() :]
    head, rest = _RUNS.sub(" ", head).strip(_EDGES), _RUNS.sub(" ", rest).strip()
    stem = f"{head}: {rest}" if head and rest else head or rest or title
    return Named(stem, _group(found), breakdown)


def _told(dimension, head: str) -> tuple[str, re.Match[str] | None]:
    """The code of a dimension that a title tells, and where."""
    for code, one in dimension.codes.items():
        for word in one.words:
            found = re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", head)
            if found:
                return code, found
    found = dimension.pattern.search(head) if dimension.pattern else None
    return _group(found), found
