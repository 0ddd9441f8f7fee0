"""The files of a cycle: ordered by a person, written by the worker in bounded steps, registered whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils.translation import gettext, override

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import currencies, definitions, first_words
from vatra.foundation.files.commands import store_written
from vatra.foundation.files.models import StoredFile
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.ids import stable_id
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger.commands import post
from vatra.rooms.ledger.models import AccountKind

from ..bank import cash_list, initiation
from ..models import BankFile, Cycle, Instruction, Way
from ..paid_to import open_for_bank
from ..states import CycleState, InstructionState
from . import common
from .common import (
    ID,
    actor_from,
    line,
    locked_cycle,
    move,
    move_cycle,
    persons,
    planned,
    today,
    waits,
    working,
)
from .preparing import start_work
from .writing import end_to_end_id

WORKSHOP = ".payments-"
LEFT_AFTER = timedelta(hours=1)
LIST_HEAD = [  # as the cashier reads it, in the first language of the pack
    gettext_noop("Row"), gettext_noop("Reference"), gettext_noop("Name"), gettext_noop("Amount"),
    gettext_noop("Signature"),
]  # fmt: skip


@transaction.atomic
def export_cycle(*, cycle: Cycle | ID, pay_on: date, actor: Actor, at: datetime) -> Cycle:
    """Order the files of an approved cycle: the bank is to pay on a day. The worker writes them.

    Refuses a day in the past, a fund whose bank account is not known, and a second time.
    """
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    if found.export_at is not None:
        raise Refused(
            "already_exported", gettext_noop("The files of this cycle were ordered already, by %(name)s."),
            gettext_noop("Open the cycle again to see them."), name=(found.exported_by or {}).get("name") or "",
        )  # fmt: skip
    move_cycle(found, CycleState.EXPORTING)
    if pay_on < today(at):
        raise Refused(
            "day_past", gettext_noop("The bank cannot pay on a day that is past."), gettext_noop("Choose a later day.")
        )
    ways = set(Instruction.objects.filter(cycle=found, state=InstructionState.APPROVED).values_list("way", flat=True))
    if not ways:
        raise Refused(
            "nobody_to_pay", gettext_noop("This cycle pays nobody."),
            gettext_noop("Cancel it: every payment in it was cancelled."),
        )  # fmt: skip
    if Way.BANK in ways and not found.fund.bank.get("iban"):
        raise Refused(
            "fund_without_account", gettext_noop("It is not known from which account “%(fund)s” pays."),
            gettext_noop("Ask who administers the installation to write it into the fund."), fund=found.fund.code,
        )  # fmt: skip
    found.exported_by, found.export_at, found.pay_on = actor.as_json(), at, pay_on
    found.done, found.total = 0, planned(found, InstructionState.APPROVED)[0]
    found.save()
    record("payments.export_ordered", found, actor=actor, at=at, pay_on=pay_on.isoformat())
    start_work(found)
    return found


# --- the worker's part ------------------------------------------------------------------------------------------------


def write_files(cycle: UUID, *, at: datetime) -> bool:
    """Send the approved instructions of a cycle batch by batch, then write its files. Each batch is a transaction of
    its own; killed anywhere, it goes on where it stood, and the files come out the same. False when it was paused."""
    while True:
        left = _send_some(cycle)
        if left is None:
            return False
        if not left:
            break
    found = Cycle.objects.select_related("programme", "fund__body").get(pk=cycle)
    with tempfile.TemporaryDirectory(prefix=WORKSHOP, dir=_workshop(at)) as folder:
        written = [(way, _write_file(found, way, Path(folder))) for way in _ways(found)]
        return _register(cycle, written, at=at)


def _workshop(at: datetime) -> Path:
    """Where files are written before they are stored: on the same disk, so that storing one is a rename. What a
    worker that was killed left there names people and accounts: it is removed."""
    path = settings.VATRA.home / "files"
    path.mkdir(parents=True, exist_ok=True)
    for left in path.glob(f"{WORKSHOP}*"):
        if datetime.fromtimestamp(left.stat().st_mtime, UTC) < at - LEFT_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    return path


@transaction.atomic
def _send_some(cycle: UUID) -> int | None:
    """The next instructions are sent: their state and their entries, or nothing. Returns how many there were."""
    found = working(cycle, CycleState.EXPORTING)
    if found is None or found.export_at is None:
        return None
    at, actor = found.export_at, actor_from(found.exported_by)
    waiting = Instruction.objects.filter(cycle=found, state=InstructionState.APPROVED).order_by("pk")
    rows = list(waiting.select_for_update(of=("self",))[: common.BATCH])
    if not rows:
        return 0
    lines = []
    for row in rows:
        move(row, InstructionState.SENT, at=at)
        lines.append(line(row, "sent", to=AccountKind.SENT, of=AccountKind.RESERVED))
    Instruction.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=InstructionState.SENT, moves=F("moves") + 1, sent_at=at, changed_at=at
    )
    post(fund=found.fund, year=found.budget_year, lines=lines, actor=actor, at=at)
    found.done = F("done") + len(rows)
    found.save(update_fields=["done"])
    record("payments.sent", found, actor=actor, at=at, about=persons(rows), instructions=[str(row.pk) for row in rows])
    return len(rows)


def _ways(cycle: Cycle) -> list[str]:
    sent = Instruction.objects.filter(cycle=cycle, state=InstructionState.SENT)
    return sorted(set(sent.values_list("way", flat=True)))


def message_id(cycle: Cycle, way: str) -> str:
    """By which the bank names the file in its answers; the same for the same cycle, always."""
    return end_to_end_id(stable_id("payments.file", str(cycle.pk), way))


def _write_file(cycle: Cycle, way: str, folder: Path) -> tuple[Path, int, int]:
    """Write one file whole, from the instructions as they stand. Returns it with its count and amount."""
    rows = Instruction.objects.filter(cycle=cycle, state=InstructionState.SENT, way=way).order_by("pk")
    sums = rows.aggregate(count=Count("pk"), amount=Sum("amount"))
    path = folder / way
    with path.open("wb") as out:
        if way == Way.BANK:
            _write_initiation(out, cycle, rows.iterator(chunk_size=500), sums)
        else:
            _write_list(out, cycle, rows.iterator(chunk_size=500), sums)
        out.flush()
        os.fsync(out.fileno())
    return path, sums["count"], sums["amount"]


def _exponent(currency: str) -> int:
    return currencies().get(currency, {}).get("exponent", 2)


def _write_initiation(out: IO[bytes], cycle: Cycle, rows: Iterable[Instruction], sums: dict[str, int]) -> None:
    assert cycle.export_at is not None and cycle.pay_on is not None
    batch = initiation.Batch(
        message_id(cycle, Way.BANK), cycle.export_at, cycle.pay_on, cycle.fund.currency, _exponent(cycle.fund.currency),
        sums["count"], sums["amount"],
    )  # fmt: skip
    initiation.write(out, batch, debtor_of(cycle), _transfers(rows))


def debtor_of(cycle: Cycle) -> initiation.Debtor:
    """The fund's account, and how its bank wants its files, as the pack says."""
    bank = cycle.fund.bank
    return initiation.Debtor(
        name=bank.get("name") or first_words(cycle.fund.body.name), iban=bank["iban"], bic=bank.get("bic", ""),
        charset=bank.get("charset", "utf8"), service_level=bank.get("service_level", ""),
        charge_bearer=bank.get("charge_bearer", ""), batch_booking=bank.get("batch_booking"),
        remittance=str(bank.get("remittance", "")).replace("{period}", f"{cycle.period:%Y-%m}"),
    )  # fmt: skip


def _transfers(rows: Iterable[Instruction]) -> Iterator[initiation.Transfer]:
    for row in rows:
        to = open_for_bank(row)
        yield initiation.Transfer(row.end_to_end_id, to.holder, to.iban, row.amount)


def _language() -> str:
    """The first of the pack; before one is loaded, that of the code."""
    found = definitions().pack
    return found.settings["languages"][0] if found else "en"


def _write_list(out: IO[bytes], cycle: Cycle, rows: Iterable[Instruction], sums: dict[str, int]) -> None:
    lines = (cash_list.Line(row.end_to_end_id, open_for_bank(row).holder, row.amount) for row in rows)
    with override(_language()):
        head = [gettext(word) for word in LIST_HEAD]
    cash_list.write(
        out, lines, head=head, exponent=_exponent(cycle.fund.currency), count=sums["count"], amount=sums["amount"]
    )


@transaction.atomic
def _register(cycle: UUID, written: list[tuple[str, tuple[Path, int, int]]], *, at: datetime) -> bool:
    """The files stand, and the cycle is exported: both or neither."""
    found = working(cycle, CycleState.EXPORTING)
    if found is None:
        return False
    actor = actor_from(found.exported_by)
    for way, (path, count, amount) in written:
        _keep_file(found, way, path, count, amount, actor, at)
    move_cycle(found, CycleState.EXPORTED)
    found.exported_at = at
    found.save()
    waits("settle", found, action="payments.settle", due_on=found.pay_on, at=at)
    record("payments.exported", found, actor=actor, at=at, files=[way for way, _ in written])
    return True


def _keep_file(cycle: Cycle, way: str, path: Path, count: int, amount: int, actor: Actor, at: datetime) -> None:
    message = message_id(cycle, way)
    made = BankFile(
        id=stable_id("payments.bank_file", str(cycle.pk), way), cycle=cycle, way=way, message_id=message, count=count,
        amount=amount, made_at=at,
    )  # fmt: skip
    name = f"{message}.xml" if way == Way.BANK else f"{message}.csv"
    kept: StoredFile = store_written(path=path, name=name, ref=ref(made), actor=actor, at=at)
    made.file, made.digest = kept, kept.digest
    made.save(force_insert=True)
