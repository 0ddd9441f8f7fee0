"""Eight people press the same button at the same moment: one effect, and a clear answer to the seven others."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from vatra.kernel.days import add_months
from vatra.rooms.payments.tests import people
from vatra.rooms.payments.tests.people import AT, CARMEN, officer

from .stages import Stage, in_fork

OPERATORS = 8
PEOPLE = 3
# What those who come second are told, by button.
ANSWERS = {
    "prepare": {"in_preparation"},
    "approve": {"already_approved"},
    "export": {"already_exported"},
    "pay": {"already_paid"},
}


def seed() -> None:
    here = people.town(budget=1_000_000_000)
    people.entitle(here, PEOPLE, starts_on=date(2000, 1, 1))


def at_once(acts: list[Callable[[], Any]]) -> list[str]:
    """Each in a thread with a connection of its own, begun together. `done`, the code of a refusal, or `! fault`."""
    from django.db import connection

    from vatra.kernel.refused import Refused

    gate, said = threading.Barrier(len(acts)), [""] * len(acts)

    def one(n: int) -> None:
        try:
            gate.wait(60)
            acts[n]()
            said[n] = "done"
        except Refused as refused:
            said[n] = refused.code
        except BaseException as fault:
            said[n] = f"! {type(fault).__name__}: {fault}"
        finally:
            connection.close()

    connection.close()  # eight connections are for the eight
    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def rounds(count: int, fault: bool) -> dict[str, Any]:
    """In a fork: press prepare, approve, export and pay, round after round, each on a month of its own."""
    if fault:
        look_then_leap()
    wrong: list[dict[str, Any]] = []
    answers: Counter[str] = Counter()
    for n in range(count):
        wrong += _round(add_months(date(2026, 11, 1), -n), n, answers)
    return {"rounds": count, "wrong": wrong, "answers": dict(answers), "left": _left(count)}


def _round(month: date, n: int, answers: Counter[str]) -> list[dict[str, Any]]:
    from vatra.rooms.payments import commands
    from vatra.rooms.payments.models import Cycle, Instruction

    who = [officer(f"Operator {k}") for k in range(OPERATORS)]
    wrong: list[dict[str, Any]] = []

    def press(button: str, act: Callable[[Any], Any]) -> None:
        said = at_once([lambda each=each: act(each) for each in who])
        answers.update(f"{button}: {answer}" for answer in said)
        told = Counter(said)
        if told["done"] != 1 or set(told) - {"done"} - ANSWERS[button]:
            wrong.append({"round": n, "button": button, "answers": dict(told)})

    press("prepare", lambda each: commands.prepare_cycle(programme="emergency-aid", period=month, actor=each, at=AT))
    cycle = Cycle.objects.get(period=month)
    people.run(cycle)
    who = [each for each in who if each.id != cycle.prepared_by["id"]] + [officer("Operator 9")]
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    press("approve", lambda each: commands.approve_cycle(cycle=cycle, actor=each, at=AT))
    press("export", lambda each: commands.export_cycle(cycle=cycle, pay_on=AT.date(), actor=each, at=AT))
    people.run(cycle)
    rows = list(Instruction.objects.filter(cycle=cycle).values_list("pk", flat=True))
    press("pay", lambda each: commands.settle_by_hand(instructions=rows, on=AT.date(), actor=each, at=AT))
    return wrong


def _left(count: int) -> dict[str, Any]:
    """What stands in the books after all rounds, beside what should."""
    from vatra.rooms.ledger.models import Account, Entry
    from vatra.rooms.payments.models import BankFile, Cycle, Instruction

    steps = Counter(Entry.objects.values_list("step", flat=True))
    should = {"adopted": 1, "reserved": count, "sent": count * PEOPLE, "paid": count * PEOPLE}
    paid = Account.objects.get(kind="paid").balance
    return {
        "steps": dict(steps), "should": should,
        "paid": paid, "owed": sum(Instruction.objects.filter(state="paid").values_list("amount", flat=True)),
        "cycles": Cycle.objects.count(), "files": BankFile.objects.count(),
        "live": Instruction.objects.exclude(live_key=None).count(), "expected_live": count * PEOPLE,
    }  # fmt: skip


def good(found: dict[str, Any]) -> bool:
    left, count = found["left"], found["rounds"]
    return (
        not found["wrong"]
        and left["steps"] == left["should"]
        and left["paid"] == left["owed"]
        and left["cycles"] == left["files"] == count
        and left["live"] == left["expected_live"]
    )


def look_then_leap() -> None:
    """A fault: approving looks at the state first and writes afterwards, in two transactions, under ids of chance.
    All eight are let look before one of them writes, as happens on a busy morning."""
    from django.db import transaction

    from vatra.rooms.ledger.commands import Line, post
    from vatra.rooms.payments import commands
    from vatra.rooms.payments.commands import deciding
    from vatra.rooms.payments.models import Cycle, Instruction

    Line.id = lambda self: uuid.uuid4()  # type: ignore[method-assign]
    looked = threading.Barrier(OPERATORS)

    def approve(*, cycle: Any, actor: Any, at: Any) -> None:
        found = Cycle.objects.select_related("fund").get(pk=cycle.pk)
        deciding.move_cycle(found, deciding.CycleState.APPROVED)
        looked.wait(60)
        with transaction.atomic():
            count, amount = 0, 0
            for row in Instruction.objects.filter(cycle=found):
                count, amount = count + 1, amount + row.amount
            found.approved_by, found.approved_at = actor.as_json(), at
            found.approved_count, found.approved_amount = count, amount
            found.save()
            lines = [
                Line(
                    deciding.AccountKind.RESERVED,
                    deciding.AccountKind.AVAILABLE,
                    amount,
                    deciding.ref(found),
                    "reserved",
                )
            ]
            post(fund=found.fund, year=found.budget_year, lines=lines, actor=actor, at=at)
            Instruction.objects.filter(cycle=found, state="planned").update(state="approved", moves=1)

    commands.approve_cycle = approve  # type: ignore[assignment]


def presses(made: Stage, base: str, count: int, *, fault: bool = False) -> dict[str, Any]:
    name = made.fresh(base)
    try:
        return in_fork(made, name, lambda: rounds(count, fault))
    finally:
        made.drop(name)
