"""Bringing reported figures into a plan's tree."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.engines.names import fold
from vatra.foundation.access.queries import require
from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.commands import recognise_bodies
from vatra.foundation.bodies.models import Body
from vatra.foundation.imports.commands import Handled, Progress, Reason, run
from vatra.foundation.imports.models import Import, Outcome
from vatra.foundation.imports.tables import TableRow
from vatra.foundation.places.index import AreaIndex, index_of
from vatra.kernel.actor import Actor
from vatra.kernel.exact import split
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.policy.commands import define_node, define_plan
from vatra.rooms.policy.models import Node, Plan
from vatra.rooms.policy.queries import plan as plan_of

from ..lines import Draft, LineReader
from ..mapping import MeasurementMap, plan_days
from ..models import Aggregation, IndicatorSeries, Measurement
from ..reports import Reports

WRITTEN = ("series_id", "area_id", "reporter_id", "starts_on", "ends_on", "whole", "nano", "atto", "details")


def import_measurements(
    *, reports: Reports, mapping: MeasurementMap, notes: Sequence[Reason] = (), actor: Actor, at: datetime,
    finished: Callable[[], datetime], progress: Progress | None = None,
) -> Import:  # fmt: skip
    """Every line of a file of reports becomes a figure of an indicator, or is rejected with its reason.

    A line is known again by the mapping's key (and, where a file repeats it, by how often it stood before), so the
    same file again changes nothing and a corrected one supersedes. A line that no longer comes stays, and is told.
    Refuses when none of the mapping's places is known; then nothing has changed.
    """
    require(actor, "insight.import")
    reader = LineReader(mapping, _places(mapping), reports.sign, reports.headings)
    desk = _Desk(mapping, reader, actor=actor, at=at)
    return run(
        kind="measurements", table=reports.table, handle=desk.handle, actor=actor, at=at, finished=finished,
        progress=progress, notes=[*notes, *reports.notes], opened=desk.open, closed=desk.no_longer_told,
    )  # fmt: skip


def _places(mapping: MeasurementMap) -> AreaIndex:
    """The places that reports may name. Refuses when not one of them is known."""
    index = index_of(within=mapping.area_within)
    kinds = {level.kind for level in mapping.area}
    if not any(area.kind in kinds for area in index.by_code.values()):
        raise Refused(
            "places_unknown",
            gettext_noop("None of the places that the mapping speaks of (%(kinds)s) is known here."),
            gettext_noop("Run “vatra pack load” with the pack that has them, then import again."),
            kinds=", ".join(sorted(kinds)),
        )
    return index


class _Desk:
    """What one import keeps in mind from batch to batch: the tree, the series, the bodies, which lines stood before."""

    def __init__(self, mapping: MeasurementMap, reader: LineReader, *, actor: Actor, at: datetime) -> None:
        self.map, self.reader, self.actor, self.at = mapping, reader, actor, at
        self.bodies: dict[str, Body] = {}
        self.stood: dict[bytes, tuple[int, int]] = {}  # identity → how often, and in which row first
        self.told: set[str] = set()  # keys of the lines that were placed
        self.periods: list[date] = []  # the first and the last day that they speak of
        self.spoken_of: set[UUID] = set()  # their series

    def open(self, run: Import) -> None:
        self.run = run
        self.plan = _plan(self.map, actor=self.actor, at=self.at)
        self.tree = _Tree(self.plan, self.map, actor=self.actor, at=self.at)

    def handle(self, rows: Sequence[TableRow]) -> list[Handled]:
        Plan.objects.select_for_update().get(pk=self.plan.pk)  # two imports into one plan take turns
        read = [self.reader.read(row) for row in rows]
        drafts = [draft for draft in read if isinstance(draft, Draft)]
        self._recognise(drafts)
        series = self.tree.series_of(drafts)
        keyed = {draft.row: self._key(draft) for draft in drafts}
        known = {
            found.key: found
            for found in Measurement.objects.filter(key__in=keyed.values(), superseded_at=None).order_by()
        }
        placed: list[Measurement] = []
        new: list[Measurement] = []
        superseded: list[int] = []
        handled = []
        for line in read:
            if isinstance(line, Reason):
                handled.append(Handled(Outcome.REJECTED, reasons=(line,)))
                continue
            if self.map.repeated == "reject" and line.flags and line.flags[-1].code == "line_repeated":
                handled.append(Handled(Outcome.REJECTED, reasons=(line.flags[-1],)))
                continue
            made = self._measurement(line, series[line.series], keyed[line.row])
            placed.append(made)
            before = known.get(made.key)
            outcome = _compared(made, before)
            if outcome is not Outcome.UNCHANGED:
                new.append(made)
            if before and outcome is Outcome.UPDATED:
                superseded.append(before.pk)
            ref = Ref("insight.series", series[line.series].pk)
            handled.append(Handled(outcome, ref, tuple(line.flags)))
        if superseded:
            Measurement.objects.filter(pk__in=superseded).update(superseded_at=self.at)
        Measurement.objects.bulk_create(new)
        self._remember(placed)
        if new:
            record(
                "insight.measurements_recorded", self.run, actor=self.actor, at=self.at, plan=self.plan.code,
                recorded=len(new), superseded=len(superseded),
            )  # fmt: skip
        return handled

    def _remember(self, placed: Sequence[Measurement]) -> None:
        self.told.update(one.key for one in placed)
        self.spoken_of.update(one.series_id for one in placed)
        days = [*self.periods, *(one.starts_on for one in placed), *(one.ends_on for one in placed)]
        self.periods = [min(days), max(days)] if days else []

    def no_longer_told(self) -> list[Reason]:
        """What stood before for the same indicators and time and comes from no line of this file. It stays: a file of
        one partner, or of one part of the country, withdraws nothing."""
        if not self.periods:
            return []
        first, last = self.periods
        stood = Measurement.objects.filter(
            series__plan=self.plan, superseded_at=None, starts_on__gte=first, ends_on__lte=last
        ).order_by("starts_on", "id")  # fmt: skip
        fields = ("key", "series_id", "series__code", "area__code", "starts_on", "reported")
        gone = [
            f"{code} {area} {starts_on}: {reported}"
            for key, series, code, area, starts_on, reported in stood.values_list(*fields).iterator()
            if series in self.spoken_of and key not in self.told
        ]
        if not gone:
            return []
        sentence = gettext_noop(
            "%(count)s figures of the same indicators and months, brought in before, stand in no row of this file. "
            "They were kept; the first are %(examples)s."
        )
        return [Reason("no_longer_told", sentence, values={"count": len(gone), "examples": "; ".join(gone[:5])})]

    def _key(self, draft: Draft) -> str:
        """The line's identity and its turn among lines of the same identity: no repetition is lost."""
        count, first = self.stood.get(draft.identity, (0, draft.row))
        self.stood[draft.identity] = (count + 1, first)
        if count:
            sentence = gettext_noop("The same line stands in row %(row)s already (same key); both are counted.")
            if self.map.repeated == "reject":
                sentence = gettext_noop("The same line stands in row %(row)s already (same key).")
            draft.flags.append(Reason("line_repeated", sentence, values={"row": first}))
        return hashlib.sha256(draft.identity + count.to_bytes(4, "big")).hexdigest()

    def _recognise(self, drafts: Sequence[Draft]) -> None:
        named = {}
        for draft in drafts:
            key = fold(draft.reporter)[:255]
            if key and key not in self.bodies:
                named[key] = ({self.map.language: draft.reporter}, self.map.reporter_kind)
        if named:
            self.bodies |= recognise_bodies(named=named, actor=self.actor, at=self.at)

    def _measurement(self, draft: Draft, series: IndicatorSeries, key: str) -> Measurement:
        whole, nano, atto = split(draft.value)
        body = self.bodies.get(fold(draft.reporter)[:255])
        return Measurement(
            series=series, key=key, area=draft.area, reporter=body, starts_on=draft.starts_on, ends_on=draft.ends_on,
            whole=whole, nano=nano, atto=atto, reported=draft.reported, details=draft.details, run=self.run,
            row=draft.row, recorded_at=self.at,
        )  # fmt: skip


def _compared(made: Measurement, before: Measurement | None) -> Outcome:
    if before is None:
        return Outcome.CREATED
    same = all(getattr(made, name) == getattr(before, name) for name in WRITTEN)
    return Outcome.UNCHANGED if same else Outcome.UPDATED


@transaction.atomic
def _plan(mapping: MeasurementMap, *, actor: Actor, at: datetime) -> Plan:
    """The plan that the mapping describes. One that is known stays as it is known, but for the titles of breakdowns."""
    said, found = mapping.plan, plan_of(mapping.plan["code"])
    titles = {one.code: {"title": one.title, "codes": {c: code.title for c, code in one.codes.items()}}
              for one in mapping.breakdowns}  # fmt: skip
    if found and found.source.get("breakdowns", {}) == titles:
        return found
    by = {"actor": actor, "at": at}
    if found:
        adopted = {"adopted_on": found.adopted_on, "adopted_by": found.adopted_by.code if found.adopted_by else ""}
        return define_plan(
            code=found.code, title=found.title, starts_on=found.starts_on, ends_on=found.ends_on, **adopted,
            source={**found.source, "breakdowns": titles}, **by,
        )  # fmt: skip
    starts_on, ends_on = plan_days(said)
    source = {**said.get("source", {}), "breakdowns": titles}
    return define_plan(
        code=said["code"], title=said["title"], starts_on=starts_on, ends_on=ends_on, source=source, **by
    )


class _Tree:
    """The nodes and series of one plan; what a file names and the plan lacks is added."""

    def __init__(self, plan: Plan, mapping: MeasurementMap, *, actor: Actor, at: datetime) -> None:
        self.plan, self.map, self.by = plan, mapping, {"actor": actor, "at": at}
        self.read()

    def read(self) -> None:
        """What the plan has now."""
        self.nodes: dict[str, Node] = {node.code: node for node in Node.objects.filter(plan=self.plan)}
        self.series = {found.code: found for found in IndicatorSeries.objects.filter(plan=self.plan)}

    def series_of(self, drafts: Iterable[Draft]) -> dict[str, IndicatorSeries]:
        """The series of these lines, by the source's code. A series that is known keeps its place in the tree."""
        wanted = [draft for draft in drafts if draft.series not in self.series]
        if wanted:
            self.read()  # another import may have brought them since
        new = []
        for draft in wanted:
            if draft.series not in self.series:
                made = self._made(draft)
                self.series[draft.series] = made
                new.append(made)
        IndicatorSeries.objects.bulk_create(new)
        return self.series

    def _made(self, draft: Draft) -> IndicatorSeries:
        return IndicatorSeries(
            plan=self.plan, node=self._node(draft), code=draft.series, title=draft.title, unit=draft.unit,
            aggregation=self._aggregation(draft), breakdown=draft.named.breakdown,
        )  # fmt: skip

    def _aggregation(self, draft: Draft) -> str:
        for one in self.map.aggregates:
            fits = (not one.unit or one.unit.search(draft.unit)) and (not one.title or one.title.search(draft.title))
            if fits:
                return one.how
        return Aggregation.SUM

    def _node(self, draft: Draft) -> Node:
        parent, path = "", ""
        for step in draft.steps:
            path += f"\x1f{step.key}"
            code = _code(step.key, path) if not parent else _below(path, self.top)
            self._stand(code, step.kind, step.title, parent, step.number)
            if not parent:
                self.top = code
            parent = code
        named = draft.named
        path += "\x1f".join(["", named.number, named.stem.casefold(), draft.unit.casefold()])
        code = _below(path, self.top)
        self._stand(code, "indicator", {self.map.language: named.stem}, parent, named.number)
        return self.nodes[code]

    def _stand(self, code: str, kind: str, title: dict[str, str], parent: str, number: str) -> None:
        if code not in self.nodes:
            extra = {"number": number} if number else {}
            self.nodes[code] = define_node(
                plan=self.plan.code, code=code, kind=kind, title=title, parent=parent, order=order_of(number),
                extra=extra, **self.by,
            )  # fmt: skip


def _code(key: str, path: str) -> str:
    """A level's own code where it can stand in an address, otherwise a digest."""
    return key if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", key) else _digest(path)


def _below(path: str, top: str) -> str:
    return f"{top}-{_digest(path)}"


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:12]


def order_of(number: str) -> int:
    """“1.10.2” after “1.9”: four parts of two digits each; letters by their place in the alphabet."""
    parts = re.findall(r"\d+|[a-z]+", number.casefold())[:4]
    worth = [min(int(part), 99) if part.isdigit() else min(ord(part[0]) - 96, 99) for part in parts]
    return sum(value * 100 ** (3 - place) for place, value in enumerate(worth))
