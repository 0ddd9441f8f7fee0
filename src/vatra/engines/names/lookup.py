"""The one SQL statement that turns a query's keys into candidates: bounded, plain SQL, SQLite and PostgreSQL alike."""

from __future__ import annotations

from .keys import Query


def lookup_sql(
    query: Query,
    *,
    table: str,
    key: str = "key",
    person: str = "person_id",
    visible: str = "",
    limit: int = 150,
    placeholder: str = "%s",
) -> tuple[str, list[int]]:
    """(sql, params) giving rows (person, weight), heaviest first; at most `limit` of them.

    Every key is read through the index up to its own limit, so one common name cannot make a search slow. `visible` is
    the caller's predicate on alias ``k`` (e.g. ``EXISTS (SELECT 1 …)``), applied inside each branch *before* its limit:
    what the actor may not see takes no room and leaves no trace. `table`, `key`, `person` and `visible`
    are the caller's own SQL and must not come from a user. Raises ValueError if the query has no key.
    """
    branches, params = [], []
    where = f" AND ({visible})" if visible else ""
    for group in query.keys:
        # One parameter for each branch, also where many keys share one: the rest are numbers of our own making.
        shared = [group.keys] if group.together else [(value,) for value in group.keys]
        for values in shared:
            rest = "".join(f", {value}" for value in values[1:])
            test = f"k.{key} IN ({placeholder}{rest})" if rest else f"k.{key} = {placeholder}"
            branches.append(
                f"SELECT * FROM (SELECT k.{person} AS person, {group.weight} AS weight FROM {table} k "
                f"WHERE {test}{where} LIMIT {group.limit}) b{len(branches)}"
            )
            params.append(values[0])
    if not branches:
        raise ValueError("a query without keys looks nothing up")
    union = " UNION ALL ".join(branches)
    return (
        f"SELECT person, sum(weight) AS weight FROM ({union}) u GROUP BY person ORDER BY 2 DESC, 1 LIMIT {limit}",
        params,
    )
