"""The bank of the demonstration: account numbers that nobody has, and status reports as a bank sends them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import Any

from lxml import etree

from vatra.foundation.catalogue.queries import currencies
from vatra.kernel.money import decimal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def account_number(said: Mapping[str, Any], rng: Random) -> str:
    """A number with sound check digits (ISO 13616) at a bank that does not exist."""
    basic = said["bank"] + "".join(str(rng.randrange(10)) for _ in range(said["digits"]))
    digits = "".join(str(int(character, 36)) for character in f"{basic}{said['country']}00")
    return f"{said['country']}{98 - int(digits) % 97:02d}{basic}"


def status_report(rows: Iterable[tuple[Any, str]], at: datetime) -> bytes:
    """What became of each instruction, with the bank's reason where it refused: a pain.002."""
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    report = _under(document, "CstmrPmtStsRpt")
    header = _under(report, "GrpHdr")
    _under(header, "MsgId", f"ST{at:%Y%m%d%H%M%S%f}")
    _under(header, "CreDtTm", at.isoformat(timespec="seconds"))
    group = _under(report, "OrgnlGrpInfAndSts")
    _under(group, "OrgnlMsgId", "NOTPROVIDED")
    _under(group, "OrgnlMsgNmId", "pain.001.001.09")
    _under(group, "GrpSts", "PART")
    payments = _under(report, "OrgnlPmtInfAndSts")
    _under(payments, "OrgnlPmtInfId", "NOTPROVIDED")
    for row, reason in rows:
        one = _under(payments, "TxInfAndSts")
        _under(one, "OrgnlEndToEndId", row.end_to_end_id)
        _under(one, "TxSts", "RJCT" if reason else "ACSC")
        if reason:
            _under(_under(_under(one, "StsRsnInf"), "Rsn"), "Cd", reason)
        exponent = currencies().get(row.currency, {}).get("exponent", 2)
        amount = _under(_under(_under(one, "OrgnlTxRef"), "Amt"), "InstdAmt", decimal(row.amount, exponent))
        amount.set("Ccy", row.currency)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _under(parent: Any, tag: str, text: str = "") -> Any:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    made.text = text or None
    return made
