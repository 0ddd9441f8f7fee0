"""What banks send is read whatever its version, and never trusted."""

from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from vatra.kernel.refused import Refused
from vatra.rooms.payments.bank.answers import DEPTH_LIMIT, read

ISO = Path(__file__).resolve().parents[6] / "shared" / "data" / "interop" / "iso20022"


def pain002(version: str, *, group: str = "PART", new: bool) -> str:
    rows = []
    for n, (status, code) in enumerate([("ACSC", ""), ("RJCT", "AC04"), ("PDNG", "")], start=1):
        reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
        rows.append(
            f"<TxInfAndSts><OrgnlEndToEndId>VT{n}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}"
            f'<OrgnlTxRef><Amt><InstdAmt Ccy="RON">{n}00.50</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
        )
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>BANK1</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>VTFILE</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>VTFILE</OrgnlPmtInfId>{''.join(rows)}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    )


def entry(n: int, way: str, amount: str, *, new: bool, id: str, reason: str = "") -> str:
    status = "<Sts><Cd>BOOK</Cd></Sts>" if new else "<Sts>BOOK</Sts>"
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    own = f'<Amt Ccy="RON">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>' if new else ""
    details = f"<NtryDtls><TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs>{own}{back}</TxDtls></NtryDtls>"
    return (
        f'<Ntry><Amt Ccy="RON">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2026-11-2{n}</Dt></BookgDt>{code}{details}</Ntry>"
    )


def camt(kind: str, version: str, *, closing: str = "694.50") -> str:
    new = version == "08"
    body = entry(3, "DBIT", "100.50", new=new, id="VT1") + entry(4, "DBIT", "205.00", new=new, id="NOTPROVIDED")
    if kind in ("052", "054"):
        name, part = {"052": ("BkToCstmrAcctRpt", "Rpt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
        balances = ""
        body += entry(5, "CRDT", "200.50", new=new, id="VT2", reason="AC01") if kind == "054" else ""
    else:
        name, part = "BkToCstmrStmt", "Stmt"
        balances = "".join(
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="RON">{amount}</Amt>'
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>"
            for code, amount in (("OPBD", "1000.00"), ("CLBD", closing))
        )
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{name}>'
        "<GrpHdr><MsgId>BANK2</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr>"
        f"<{part}><Id>S1</Id><CreDtTm>2026-11-23T10:00:00</CreDtTm><Acct><Id><IBAN>RO49AAAA1B31007593840000</IBAN></Id>"
        f"</Acct>{balances}{body}</{part}></{name}></Document>"
    )


FILES = [
    ("pain.002", "03", pain002("03", new=False), "xsd_pyiso20022/pain.002.001.03.xsd"),
    ("pain.002", "10", pain002("10", new=True), "xsd_pyiso20022/pain.002.001.10.xsd"),
    ("pain.002", "11", pain002("11", new=True), "xsd_moov/pain.002.001.11.xsd"),
    ("pain.002", "12", pain002("12", new=True), "pain001_corpus/xsd/pain.002.001.12.xsd"),
    ("pain.002", "15", pain002("15", new=True), "pain001_corpus/xsd/pain.002.001.15.xsd"),
    ("camt.053", "08", camt("053", "08"), "xsd_moov/camt.053.001.08.xsd"),
    ("camt.052", "08", camt("052", "08"), ""),  # nobody laid its schema beside us: the shape is that of the other two
    ("camt.054", "08", camt("054", "08"), "xsd_moov/camt.054.001.08.xsd"),
    ("camt.054", "02", camt("054", "02"), "xsd_pyiso20022/camt.054.001.02.xsd"),
]


@pytest.mark.parametrize(("kind", "version", "text", "xsd"), FILES, ids=lambda each: each if len(str(each)) < 9 else "")
def test_files_of_every_version_are_read_the_same(kind, version, text, xsd):
    found = read(text.encode())
    assert found.kind == kind and found.message_id.startswith("BANK") and found.faults == []
    said = {each.end_to_end_id: (each.says, each.reason) for each in found.answers}
    if kind == "pain.002":
        assert said == {"VT1": ("paid", ""), "VT2": ("returned", "AC04"), "VT3": ("noted", "")}
        assert found.original == "VTFILE" and found.whole.says == "noted"
        assert found.answers[0].amount == Decimal("100.50") and found.answers[0].currency == "RON"
    elif kind in ("camt.052", "camt.053"):
        assert said == {"VT1": ("paid", "")}
    else:
        assert said == {"VT1": ("paid", ""), "VT2": ("returned", "AC01")}
        assert str(found.answers[0].on) == "2026-11-23"
    if xsd and not (ISO / xsd).exists():
        pytest.skip(f"the schema {xsd} is not beside this checkout; the file was read")
    if xsd:  # what we read is what banks may write
        etree.XMLSchema(etree.parse(ISO / xsd)).assertValid(etree.fromstring(text))


def test_a_statement_that_does_not_add_up_says_so():
    found = read(camt("053", "08", closing="999.00").encode())
    assert [fault["code"] for fault in found.faults] == ["balances_differ"]


def test_a_whole_file_refused():
    text = pain002("10", group="RJCT", new=True).replace("<TxInfAndSts>", "<TxInfAndSts>", 1)
    assert read(text.encode()).whole.says == "returned"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
FETCH = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB + pain002("10", new=True).replace("BANK1", "&b;"), "bank_file_doctype"),
        (FETCH + pain002("10", new=True).replace("BANK1", "&a;"), "bank_file_doctype"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + pain002("10", new=True), "bank_file_doctype"),
        ("<Document><CstmrPmtStsRpt>" + "<a>" * (DEPTH_LIMIT + 1), "bank_file_deep"),
        ("<Document><CstmrPmtStsRpt>", "bank_file_damaged"),
        ("no XML at all", "bank_file_damaged"),
        ("", "bank_file_damaged"),
        ("<html><body>error</body></html>", "not_a_bank_file"),
    ],
)
def test_what_is_more_than_data_is_refused(content, code):
    for encoded in (content.encode(), content.encode("utf-16")):
        with pytest.raises(Refused) as refused:
            read(encoded)
        assert refused.value.code == code and "passwd" not in str(refused.value)


def test_nonsense_in_fields_is_no_fault_of_the_reader():
    text = pain002("10", new=True).replace("100.50", "NaN").replace("200.50", "1e9999999").replace("300.50", "x")
    # nought, which no payment has; not nothing, which would fit every one
    assert [each.amount for each in read(text.encode()).answers] == [0, 0, 0]


@pytest.mark.parametrize(("way", "says"), [("CRDT", "returned"), ("DBIT", "paid")])
def test_a_reversal_says_what_its_direction_says(way, says):
    """RvslInd with CRDT undoes a debit: the payment is back. With DBIT it undoes a credit: the return is taken back."""
    booked = entry(4, way, "100.50", new=True, id="VT1").replace(
        "</CdtDbtInd>", "</CdtDbtInd><RvslInd>true</RvslInd>", 1
    )
    text = camt("054", "08")
    start = text.index("<Ntry>")
    text = text[:start] + booked + text[text.rindex("</Ntry>") + len("</Ntry>") :]
    assert [each.says for each in read(text.encode()).answers] == [says]
