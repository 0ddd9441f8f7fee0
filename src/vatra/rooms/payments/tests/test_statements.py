"""From what the bank says to what stands in the books."""

from datetime import date, timedelta

import pytest

from vatra.foundation.bodies.models import Body
from vatra.kernel.refused import Refused
from vatra.rooms.ledger.queries import balances, differences
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import BankFile, Cycle, Instruction, Statement, StatementRow
from vatra.rooms.payments.queries import checks, statement_card, statements
from vatra.rooms.payments.tasks import go_on

from .people import AT, CARMEN, entitle, exported, town
from .test_answers import camt

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
    assert checks(cycle.pk, actor=CARMEN, at=THEN).reasons == {"bank_rejected": 3}


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
