"""From what the bank says to what stands in the books."""

from datetime import date, timedelta

import pytest

from vatra.foundation.bodies.models import Body
from vatra.foundation.worklist.models import Item
from vatra.kernel.refused import Refused
from vatra.rooms.ledger.queries import balances, differences
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import BankFile, Cycle, Instruction, Statement, StatementRow
from vatra.rooms.payments.queries import checks, statement_card, statements
from vatra.rooms.payments.tasks import go_on

from .people import AT, CARMEN, entitle, exported, town
from .test_answers import camt, entry

pytestmark = pytest.mark.django_db
THEN = AT + timedelta(days=4)


@pytest.fixture
def here():
    return town(budget=100_000_000)


def report(*rows: str, group: str = "", message: str = "X") -> bytes:
    whole = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (
        "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>{whole}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{''.join(rows)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def row(id: str, status: str, *, code: str = "", amount: str = "") -> str:
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
    money = f'<OrgnlTxRef><Amt><InstdAmt Ccy="RON">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}{money}</TxInfAndSts>"


def settle(here, content: bytes) -> Statement:
    made = commands.settle_from_file(content=content, name="b.xml", office=here.office, actor=CARMEN, at=THEN)
    go_on(at=THEN)
    made.refresh_from_db()
    return made


def outcomes(made: Statement) -> list[str]:
    return list(StatementRow.objects.filter(statement=made).order_by("row").values_list("outcome", flat=True))


def test_each_payment_is_settled_by_its_own_id(here):
    entitle(here, 4)
    exported(here)
    a, b, c, d = Instruction.objects.order_by("pk")
    made = settle(here, report(
        row(a.end_to_end_id, "ACSC", amount=f"{a.amount // 100}.{a.amount % 100:02d}"),
        row(b.end_to_end_id, "RJCT", code="AC04"), row(c.end_to_end_id, "PDNG"),
        row(d.end_to_end_id, "ACSC", amount="1.00"), row("STRANGER", "ACSC"), row(a.end_to_end_id, "ACCC"),
    ))  # fmt: skip
    assert outcomes(made) == ["settled", "returned", "noted", "mismatch", "unknown", "repeated"]
    assert made.state == "applied"
    states = dict(Instruction.objects.values_list("pk", "state"))
    assert [states[each.pk] for each in (a, b, c, d)] == ["paid", "returned", "sent", "sent"]
    left = balances(here.fund, 2026)
    assert (left.paid, left.returned) == (a.amount, b.amount) and differences(here.fund, 2026) == {}
    card = statement_card(made.pk, actor=CARMEN)
    assert [each["outcome"] for each in card.open_rows] == ["mismatch", "unknown"]
    assert statements(actor=CARMEN)[0].outcomes["settled"] == 1


def test_the_same_file_again_changes_nothing(here):
    entitle(here, 1)
    exported(here)
    content = report(row(Instruction.objects.get().end_to_end_id, "ACSC"))
    settle(here, content)
    with pytest.raises(Refused) as refused:
        settle(here, content)
    assert refused.value.code == "statement_known" and Statement.objects.count() == 1


def test_another_file_with_the_same_news_changes_nothing(here):
    entitle(here, 1)
    exported(here)
    id = Instruction.objects.get().end_to_end_id
    settle(here, report(row(id, "ACSC")))
    before = balances(here.fund, 2026)
    made = settle(here, report(row(id, "ACSC"), message="Y"))
    assert outcomes(made) == ["repeated"] and balances(here.fund, 2026) == before


def test_a_file_refused_as_a_whole_returns_everybody_in_it(here):
    entitle(here, 3)
    cycle = exported(here)
    made = settle(here, report(group="RJCT", message=BankFile.objects.get().message_id))
    assert outcomes(made) == ["returned"] * 3
    assert set(Instruction.objects.values_list("state", "reason")) == {("returned", "bank_rejected")}
    cycle.refresh_from_db()
    assert cycle.state == "settled"
    assert checks(cycle.pk, actor=CARMEN).reasons == {"bank_rejected": 3}


def test_a_return_after_the_payment_is_a_return(here):
    entitle(here, 1)
    exported(here)
    paid = Instruction.objects.get()
    text = camt("054", "08").replace("VT1", paid.end_to_end_id).replace("100.50", f"{paid.amount / 100:.2f}")
    settle(here, text.encode())
    paid.refresh_from_db()
    assert (paid.state, paid.paid_on) == ("paid", date(2026, 11, 23))
    back = camt("054", "08").replace("VT2", paid.end_to_end_id).replace("200.50", f"{paid.amount / 100:.2f}")
    settle(here, back.encode())
    paid.refresh_from_db()
    assert (paid.state, paid.reason, paid.paid_on) == ("returned", "AC01", None)
    assert balances(here.fund, 2026).returned == paid.amount


def test_news_of_another_office_is_not_ours(here):
    entitle(here, 1)
    cycle = exported(here)
    settle(here, report(row(Instruction.objects.get().end_to_end_id, "ACSC")))
    other = Body.objects.create(code="elsewhere", kind="office", name={"en": "Elsewhere"}, name_key="elsewhere")
    twin = Cycle.objects.get(pk=cycle.pk)
    twin.pk, twin.office, twin.state, twin.ordinal = other.pk, other, "settled", 9
    twin.save(force_insert=True)
    made = commands.settle_from_file(
        content=report(row(Instruction.objects.get().end_to_end_id, "RJCT")), name="b", office=other, actor=CARMEN,
        at=THEN,
    )  # fmt: skip
    go_on(at=THEN)
    assert outcomes(made) == ["unknown"] and Instruction.objects.get().state == "paid"


def statement(*entries: str) -> bytes:
    parts = "<Document><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt>{}</Stmt></BkToCstmrStmt></Document>"
    return parts.format("".join(entries)).encode()


def test_a_payment_and_its_return_on_one_statement_is_a_return(here):
    """A statement of several days books the debit, and further down the credit by which it came back."""
    entitle(here, 2)
    exported(here)
    back, stays = Instruction.objects.order_by("pk")
    money = {each.pk: f"{each.amount / 100:.2f}" for each in (back, stays)}
    made = settle(here, statement(
        entry(3, "DBIT", money[back.pk], new=True, id=back.end_to_end_id),
        entry(3, "DBIT", money[stays.pk], new=True, id=stays.end_to_end_id),
        entry(4, "CRDT", money[back.pk], new=True, id=back.end_to_end_id, reason="AC04"),
        entry(4, "CRDT", money[back.pk], new=True, id=back.end_to_end_id, reason="AC04"),
    ))  # fmt: skip
    assert outcomes(made) == ["settled", "settled", "returned", "repeated"] and made.state == "applied"
    back.refresh_from_db()
    assert (back.state, back.reason, back.paid_on, back.returned_on) == ("returned", "AC04", None, date(2026, 11, 24))
    left = balances(here.fund, 2026)
    assert (left.paid, left.returned, left.sent) == (stays.amount, back.amount, 0)
    assert differences(here.fund, 2026) == {}


def test_a_partly_accepted_file_leaves_alone_whom_it_does_not_name(here):
    entitle(here, 3)
    exported(here)
    a, b, c = Instruction.objects.order_by("pk")
    message = BankFile.objects.get().message_id
    made = settle(here, report(
        row(a.end_to_end_id, "ACSC"), row(b.end_to_end_id, "RJCT", code="AC04"), group="PART", message=message,
    ))  # fmt: skip
    assert outcomes(made) == ["settled", "returned"] and made.faults == []
    assert Instruction.objects.get(pk=c.pk).state == "sent"


def waits_to_be_looked_at(made) -> bool:
    return Item.objects.filter(key=f"payments.look:{made.pk}", done_at=None).exists()


@pytest.mark.parametrize(
    ("group", "code", "message", "fault"),
    [
        ("RJCT", "AC01", "NEVER-SENT", "file_unknown"),
        ("ACSC", "", "NEVER-SENT", "file_unknown"),
        ("RJCT", "DU01", "", "file_repeated"),  # the officer handed the file over twice
        ("RJCT", "AM05", "", "file_repeated"),
    ],
)
def test_what_is_said_of_a_whole_file_is_not_believed_blindly(here, group, code, message, fault):
    entitle(here, 3)
    exported(here)
    before = balances(here.fund, 2026)
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
    content = report(group=group, message=message or BankFile.objects.get().message_id)
    made = settle(here, content.replace(b"</GrpSts>", f"</GrpSts>{reason}".encode()))
    assert [each["code"] for each in made.faults] == [fault] and made.total == 0
    assert waits_to_be_looked_at(made)
    assert set(Instruction.objects.values_list("state", flat=True)) == {"sent"}
    assert balances(here.fund, 2026) == before


def test_a_whole_file_of_which_something_arrived_is_not_refused_afterwards(here):
    entitle(here, 2)
    exported(here)
    first = Instruction.objects.order_by("pk")[0]
    settle(here, report(row(first.end_to_end_id, "ACSC")))
    made = settle(here, report(group="RJCT", message=BankFile.objects.get().message_id))
    assert [each["code"] for each in made.faults] == ["file_contradicts"] and waits_to_be_looked_at(made)
    assert sorted(Instruction.objects.values_list("state", flat=True)) == ["paid", "sent"]


def test_what_the_bank_refuses_as_paid_already_is_not_paid_again(here):
    entitle(here, 1)
    exported(here)
    made = settle(here, report(row(Instruction.objects.get().end_to_end_id, "RJCT", code="AM05")))
    assert outcomes(made) == ["mismatch"] and Instruction.objects.get().state == "sent"
    booked = entry(4, "CRDT", f"{Instruction.objects.get().amount / 100:.2f}", new=True,
                   id=Instruction.objects.get().end_to_end_id, reason="DUPL")  # fmt: skip
    assert outcomes(settle(here, statement(booked))) == ["returned"]  # money that is really back is back


@pytest.mark.parametrize("amount", ["500.001", "NaN", "a lot", "1e9999999", "-500.00", "0"])
def test_an_amount_that_cannot_be_ours_settles_nothing(here, amount):
    entitle(here, 1, varied=False)
    exported(here)
    made = settle(here, report(row(Instruction.objects.get().end_to_end_id, "ACSC", amount=amount)))
    assert outcomes(made) == ["mismatch"] and Instruction.objects.get().state == "sent"


def test_a_second_word_of_a_return_that_was_given_up_is_no_news(here):
    entitle(here, 1)
    exported(here)
    only = Instruction.objects.get()
    settle(here, report(row(only.end_to_end_id, "RJCT", code="AC04")))
    commands.cancel_instruction(instruction=only, because="decedat", actor=CARMEN, at=THEN)
    money = f"{only.amount / 100:.2f}"
    again = settle(here, statement(entry(4, "CRDT", money, new=True, id=only.end_to_end_id, reason="AC04")))
    assert outcomes(again) == ["repeated"] and again.faults == []
    assert outcomes(settle(here, statement(entry(4, "DBIT", money, new=True, id=only.end_to_end_id)))) == ["mismatch"]


def test_what_a_bank_books_during_the_day_settles_as_well(here):
    """camt.052: the same entries as in the statement of the evening, which is then no news."""
    entitle(here, 1)
    exported(here)
    only = Instruction.objects.get()
    kinds = ["052", "053"]
    texts = [camt(kind, "08").replace("VT1", only.end_to_end_id) for kind in kinds]
    made = [settle(here, text.replace("100.50", f"{only.amount / 100:.2f}").encode()) for text in texts]
    assert [each.kind for each in made] == ["camt.052", "camt.053"]
    assert [outcomes(each) for each in made] == [["settled"], ["repeated"]]
    assert Instruction.objects.get().state == "paid"
