"""One payment run, from order to closing, that can be taken up again wherever it was left: people press what the state
asks for, the worker does the rest. Every moment in it is fixed: two runs of it write the same.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from lxml import etree

from vatra.rooms.payments.tests import people
from vatra.rooms.payments.tests.people import AT, CARMEN, HORIA, MONTH

PEOPLE = 30
NEXT = AT + timedelta(days=2)
LAST = AT + timedelta(days=5)


def seed() -> None:
    """Thirty who can be paid, and some who cannot, each for another reason."""
    here = people.town(budget=10_000_000)
    people.entitle(here, PEOPLE)
    people.entitle(here, 3, accounts=False)
    people.entitle(here, 2, sealed=True)
    people.entitle(here, 4, period="once")


def drive() -> None:
    """Go on from where things stand until nothing is left to do."""
    for _ in range(60):
        if not _one_step():
            return
    raise AssertionError("the run does not come to an end")


def _one_step() -> bool:
    from vatra.rooms.payments import commands
    from vatra.rooms.payments.models import Cycle, Instruction
    from vatra.rooms.payments.tasks import go_on

    go_on(at=NEXT)
    open_ = Cycle.objects.exclude(state__in=["closed", "cancelled"]).order_by("kind", "pk")
    if not Cycle.objects.exists():
        commands.prepare_cycle(programme="emergency-aid", period=MONTH, actor=CARMEN, at=AT)
        return True
    for cycle in open_:
        press = {
            "prepared": lambda c=cycle: commands.check_cycle(cycle=c, actor=CARMEN, at=NEXT),
            "checked": lambda c=cycle: commands.approve_cycle(cycle=c, actor=HORIA, at=NEXT),
            "approved": lambda c=cycle: commands.export_cycle(cycle=c, pay_on=LAST.date(), actor=CARMEN, at=NEXT),
            "exported": lambda c=cycle: _bank_answers(c),
        }.get(cycle.state)
        if press:
            press()
            return True
    back = Instruction.objects.filter(state="returned").order_by("pk").first()
    if back is not None:
        _new_account(back)
        commands.correct_and_resend(instruction=back, actor=CARMEN, at=LAST)
        return True
    for cycle in open_.filter(state="settled"):
        commands.close_cycle(cycle=cycle, actor=CARMEN, at=LAST)
        return True
    return False


def _new_account(back: Any) -> None:
    from vatra.rooms.people.models import PaymentAccount
    from vatra.rooms.people.vault import blind

    number = 900_000 + int(back.person_id.hex[:4], 16)
    if not PaymentAccount.objects.filter(person=back.person_id, blind=blind(people.iban(number))).exists():
        people.change_account(back.person_id, number)


def _bank_answers(cycle: Any) -> None:
    """The bank pays; of a first cycle, every ninth account is closed."""
    from vatra.kernel.refused import Refused
    from vatra.rooms.payments import commands
    from vatra.rooms.payments.models import BankFile, Instruction

    rows = []
    for number, row in enumerate(Instruction.objects.filter(cycle=cycle).exclude(sent_at=None).order_by("pk")):
        closed = cycle.kind == "regular" and number % 9 == 0
        status = (
            "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" if closed else "<TxSts>ACSC</TxSts>"
        )
        rows.append(f"<TxInfAndSts><OrgnlEndToEndId>{row.end_to_end_id}</OrgnlEndToEndId>{status}</TxInfAndSts>")
    message = BankFile.objects.get(cycle=cycle).message_id
    content = (
        f"<Document><CstmrPmtStsRpt><GrpHdr><MsgId>B-{message}</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message}"
        f"</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{''.join(rows)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()
    try:
        commands.settle_from_file(content=content, name="bank.xml", office=cycle.office_id, actor=CARMEN, at=LAST)
    except Refused as refused:  # it was kept before the kill; the worker goes on with it
        assert refused.code == "statement_known", refused


# --- what stands after it ---------------------------------------------------------------------------------------------


def snapshot() -> dict[str, Any]:
    """Keys and counts of ledger, instructions and files. Whatever chance or the clock decides is not in it."""
    from vatra.foundation.audit.models import Event
    from vatra.foundation.files.commands import path_of
    from vatra.rooms.ledger.models import Account, Entry
    from vatra.rooms.payments.models import BankFile, Cycle, Instruction, StatementRow

    def rows(model: Any, *columns: str) -> list[list[str]]:
        return sorted([str(value) for value in row] for row in model.objects.values_list(*columns))

    files = []
    for kept in BankFile.objects.order_by("pk"):
        root = etree.fromstring(path_of(kept.digest).read_bytes())
        paid = zip(
            root.xpath("//*[local-name()='EndToEndId']/text()"), root.xpath("//*[local-name()='InstdAmt']/text()"),
            strict=True,
        )  # fmt: skip
        files.append([str(kept.pk), kept.digest, kept.count, kept.amount, sorted(map(list, paid))])
    live = Counter(Instruction.objects.exclude(live_key=None).values_list("live_key", flat=True))
    events = Counter(
        f"{kind} {ref}" for kind, ref in Event.objects.exclude(kind="files.stored").values_list("kind", "ref_id")
    )
    return {
        "entries": rows(Entry, "pk", "debit_id", "credit_id", "amount", "step", "ref_kind", "ref_id"),
        "accounts": rows(Account, "pk", "balance"),
        "instructions": rows(
            Instruction, "pk", "cycle_id", "state", "amount", "attempt", "live_key", "end_to_end_id", "moves", "reason",
            "account_blind",
        ),
        "cycles": rows(Cycle, "pk", "state", "approved_count", "approved_amount", "kind"),
        "rows": rows(StatementRow, "statement_id", "row", "end_to_end_id", "outcome"),
        "files": files,
        "events": sorted(map(list, events.items())),
        "twice": [key for key, count in live.items() if count > 1],
        "sum": sum(Account.objects.values_list("balance", flat=True)),
        "unbalanced": _unbalanced(),
    }  # fmt: skip


def _unbalanced() -> list[Any]:
    from vatra.rooms.ledger.queries import differences
    from vatra.rooms.payments.models import Cycle
    from vatra.rooms.payments.reconcile import differences as not_reconciled

    found: list[Any] = [str(each) for cycle in Cycle.objects.all() for each in not_reconciled(cycle)]
    return found + [[kind, *sums] for kind, sums in differences(Cycle.objects.first().fund_id, 2026).items()]
