"""The one SQL statement that turns a query's keys into candidates: bounded, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .keys import BOTH_AMONG, KeyGroup, Query

FEW = 4
"""More keys than these are read as a list once, not asked of every person."""
SURE_AMONG = 3_000
NEAR_AMONG = 6_000
"""Persons who have what is surely typed, and who have it nearly, that are met with each other. Twice as many found nobody more."""


def lookup_sql(
    query: Query,
    *,
    table: str,
    key: str = "key",
    person: str = "person_id",
    visible: str = "",
    visible_params: Sequence[Any] = (),
    limit: int = 200,
    placeholder: str = "%s",
    lateral: bool = False,
) -> tuple[str, list[Any]]:
    """(sql, params) giving rows (person, weight), heaviest first; at most `limit` of them.

    Every key is read through the index up to its own limit, so one common name cannot make a search slow. `visible` is
    the caller's predicate on alias ``k`` (e.g. ``EXISTS (SELECT 1 …)``) with its own params, applied to each key
    *before* its limit: what the actor may not see takes no room and leaves no trace. `table`, `key`, `person`, `visible`
    are the caller's own SQL and must not come from a user. Raises ValueError if the query has no key.

    `lateral` writes it for PostgreSQL, as lists of keys joined LATERAL: its planner then sees a few branches instead of
    dozens, which is most of the time. SQLite has no LATERAL, and plans dozens of branches in no time; where keys are
    hundreds, it walks them in a recursion.
    """
    if not query.keys:
        raise ValueError("a query without keys looks nothing up")
    where = f" AND ({visible})" if visible else ""
    parts = _Parts(table, key, person, where, list(visible_params), placeholder)
    for group in query.keys:
        if len(group.also) > FEW:
            parts.both_joined(group)
        elif group.also:
            parts.both(group)
        elif group.each:
            (parts.many_joined if lateral else parts.many_walked)(group)
        elif not lateral:
            parts.one_by_one(group)
    single = [group for group in query.keys if not group.each and not group.also]
    if lateral and single:
        parts.single_joined(single)
    return (
        f"SELECT person, sum(weight) AS weight FROM ({' UNION ALL '.join(parts.branches)}) u GROUP BY person "
        f"ORDER BY 2 DESC, 1 LIMIT {limit}",
        parts.params,
    )


@dataclass
class _Parts:
    """Branches (person, weight) and their params as they come. Keys are numbers of our own making, and are written out."""

    table: str
    key: str
    person: str
    where: str
    needs: list[Any]
    placeholder: str
    branches: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)

    def one(self, test: str, weight: float | str, most: int | str) -> str:
        """The SELECT of one key."""
        return (
            f"SELECT k.{self.person} AS person, {weight} AS weight FROM {self.table} k "
            f"WHERE k.{self.key} = {test}{self.where} LIMIT {most}"
        )

    def one_by_one(self, group: KeyGroup) -> None:
        """A branch for every key."""
        for value in group.keys:
            inner = self.one(self.placeholder, group.weight, group.limit)
            self.branches.append(f"SELECT * FROM ({inner}) b{len(self.branches)}")
            self.params += [value, *self.needs]

    def single_joined(self, groups: Sequence[KeyGroup]) -> None:
        """One branch for the keys of many groups."""
        asked = ", ".join(f"({v}::bigint, {g.weight}::float8, {g.limit})" for g in groups for v in g.keys)
        inner = self.one("a.key", "a.weight", "a.most")
        self.branches.append(f"SELECT b.* FROM (VALUES {asked}) a(key, weight, most) CROSS JOIN LATERAL ({inner}) b")
        self.params += self.needs

    def both(self, group: KeyGroup) -> None:
        """Those of a key's first persons who have another key too. Among how many is looked does not ask who may see
        them: only how complete this shortcut is depends on it, never whom it shows. OFFSET keeps planners from a join.
        """
        one, other = (", ".join(map(str, keys)) for keys in (group.keys, group.also))
        self.branches.append(
            f"SELECT * FROM (SELECT k.{self.person} AS person, {group.weight} AS weight FROM "
            f"(SELECT {self.person} FROM {self.table} WHERE {self.key} IN ({one}) LIMIT {BOTH_AMONG}) k WHERE EXISTS "
            f"(SELECT 1 FROM {self.table} o WHERE o.{self.key} IN ({other}) AND o.{self.person} = k.{self.person} "
            f"LIMIT 1 OFFSET 0){self.where} LIMIT {group.limit}) d{len(self.branches)}"
        )
        self.params += self.needs

    def both_joined(self, group: KeyGroup) -> None:
        """The same where the other keys are many: who has one of them is met with those who have one of the keys."""
        among = lambda keys, most: (  # noqa: E731
            f"(SELECT {self.person} FROM {self.table} WHERE {self.key} IN ({', '.join(map(str, keys))}) LIMIT {most})"
        )
        sure = f"k.{self.person} IN {among(group.keys, SURE_AMONG)}"
        weight, test = group.weight, sure
        if group.nearly:
            weight = f"CASE WHEN {sure} THEN {group.weight} ELSE {group.weight / 2} END"
            test = f"({sure} OR k.{self.person} IN {among(group.nearly, SURE_AMONG)})"
        self.branches.append(
            f"SELECT * FROM (SELECT k.{self.person} AS person, {weight} AS weight FROM {among(group.also, NEAR_AMONG)} k "
            f"WHERE {test}{self.where} ORDER BY 2 DESC LIMIT {group.limit}) d{len(self.branches)}"
        )
        self.params += self.needs

    def many_joined(self, group: KeyGroup) -> None:
        """One branch for a group of many keys."""
        asked = ", ".join(map(str, group.keys))
        inner = self.one("a.key", f"{group.weight}::float8", group.each)
        self.branches.append(
            f"SELECT * FROM (SELECT b.* FROM unnest(ARRAY[{asked}]::bigint[]) a(key) CROSS JOIN LATERAL ({inner}) b "
            f"LIMIT {group.limit}) c{len(self.branches)}"
        )
        self.params += self.needs

    def many_walked(self, group: KeyGroup) -> None:
        """The same without LATERAL: of every key the first person, then of each that has one the next."""
        asked = ", ".join(f"({value})" for value in group.keys)
        at = f"SELECT k.{self.person} FROM {self.table} k WHERE k.{self.key} ="
        rest = f"{self.where} ORDER BY k.{self.person} LIMIT 1"
        self.branches.append(
            f"SELECT * FROM (WITH RECURSIVE a(key) AS (VALUES {asked}), w(key, n, person) AS ("
            f"SELECT a.key, 1, ({at} a.key{rest}) FROM a UNION ALL "
            f"SELECT w.key, w.n + 1, ({at} w.key AND k.{self.person} > w.person{rest}) FROM w "
            f"WHERE w.person IS NOT NULL AND w.n < {group.each}) "
            f"SELECT person, {group.weight} AS weight FROM w WHERE person IS NOT NULL LIMIT {group.limit}) c{len(self.branches)}"
        )
        self.params += [*self.needs, *self.needs]
