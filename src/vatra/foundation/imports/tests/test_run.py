"""No row is lost."""

import pytest
from conftest import NOON

from vatra.foundation.imports.commands import Handled, Reason, RowsLost, run
from vatra.foundation.imports.models import Import, ImportRow, Outcome
from vatra.foundation.imports.queries import report
from vatra.foundation.imports.tables import Table, TableRow
from vatra.kernel.actor import system

TABLE = Table("a.csv", "d", "utf-8", ["n"], [TableRow(n, {"n": str(n)}) for n in range(2, 12)])


def go(handle, **options):
    return run(kind="test", table=TABLE, handle=handle, actor=system("t"), at=NOON, finished=lambda: NOON, **options)


def answer(row):
    if row.number % 3 == 0:
        return Handled(Outcome.REJECTED, reasons=(Reason("bad", "%(n)s is bad", "n", {"n": row.number}),))
    return Handled(Outcome.CREATED)


def test_every_row_is_answered_and_reported(db):
    seen = []
    made = go(lambda rows: [answer(r) for r in rows], batch=4, progress=lambda done, n: seen.append((done, n)))
    assert made.counts == {"read": 10, "created": 7, "updated": 0, "unchanged": 0, "rejected": 3}
    assert seen == [(4, 10), (8, 10), (10, 10)]
    rows = report(made)["rows"]
    assert [row["row"] for row in rows] == list(range(2, 12))
    assert rows[1] == {
        "row": 3, "outcome": "rejected",
        "reasons": [{"code": "bad", "sentence": "%(n)s is bad", "column": "n", "values": {"n": 3}}],
    }  # fmt: skip


def test_a_handler_that_loses_a_row_is_found(db):
    with pytest.raises(RowsLost):
        go(lambda rows: [answer(r) for r in rows[1:]])
    assert Import.objects.get().finished_at is None
    assert not ImportRow.objects.exists()
