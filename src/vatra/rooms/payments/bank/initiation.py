"""Writing a customer credit transfer initiation, pain.001.001.09 of ISO 20022, one payment after another.

Nothing is gathered: memory stays the same for ten payments and for a hundred thousand. No address of anybody is
written, ever: where somebody lives is no business of a bank's, and since November 2026 an unstructured one is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from lxml import etree

from vatra.kernel import money

from .characters import Charset, written

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_ID = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,35}")


@dataclass(frozen=True, slots=True)
class Debtor:
    """From whose account it is paid, and how their bank wants its files."""

    name: str
    iban: str
    bic: str = ""
    charset: Charset = "utf8"
    service_level: str = ""  # SEPA, NURG …; without one the bank's own
    charge_bearer: str = ""  # SLEV, SHAR, DEBT
    batch_booking: bool | None = None
    remittance: str = ""  # the same words for everybody: what a neighbour could read on a statement


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: to whom, to which account, how much in minor units, and by which id the bank answers."""

    end_to_end_id: str
    name: str
    iban: str
    amount: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The head of a file; its sums are those of the transfers that follow."""

    message_id: str
    made_at: datetime
    pay_on: date
    currency: str
    exponent: int
    count: int
    amount: int


class WrongSum(RuntimeError):
    """The transfers are not what the head of the file says: nothing of it may be used."""


def write(out: IO[bytes], batch: Batch, debtor: Debtor, transfers: Iterable[Transfer]) -> None:
    """Write the file. Raises WrongSum when count or amount differ from the head, ValueError for what no file of this
    kind can carry (an empty name, an id of other characters, an amount of nothing)."""
    _check_id(batch.message_id)
    count = amount = 0
    with etree.xmlfile(out, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("Document", nsmap={None: NAMESPACE}), file.element("CstmrCdtTrfInitn"):
            file.write(_group(batch, debtor))
            with file.element("PmtInf"):
                for part in _payment_head(batch, debtor):
                    file.write(part)
                for each in transfers:
                    file.write(_transfer(each, batch, debtor))
                    count, amount = count + 1, amount + each.amount
    if (count, amount) != (batch.count, batch.amount):
        raise WrongSum(f"{count} for {amount} written, {batch.count} for {batch.amount} announced")


def decimal(minor: int, exponent: int) -> str:
    """An amount as the file writes it. Raises ValueError for what is no payment."""
    if minor <= 0:
        raise ValueError(f"a payment of {minor}")
    return money.decimal(minor, exponent)


def _check_id(text: str) -> None:
    if not _ID.fullmatch(text):
        raise ValueError(f"not an id for a bank's file: {text!r}")


def _element(tag: str, text: str | None = None, *children: etree._Element, **attributes: str) -> etree._Element:
    made = etree.Element(tag, attributes)
    made.text = text
    made.extend(children)
    return made


def _group(batch: Batch, debtor: Debtor) -> etree._Element:
    made_at = batch.made_at.replace(microsecond=0).isoformat()
    return _element(
        "GrpHdr", None,
        _element("MsgId", batch.message_id),
        _element("CreDtTm", made_at),
        _element("NbOfTxs", str(batch.count)),
        _element("CtrlSum", decimal(batch.amount, batch.exponent)),
        _element("InitgPty", None, _element("Nm", _name(debtor.name, debtor.charset))),
    )  # fmt: skip


def _payment_head(batch: Batch, debtor: Debtor) -> Iterable[etree._Element]:
    yield _element("PmtInfId", batch.message_id)
    yield _element("PmtMtd", "TRF")
    if debtor.batch_booking is not None:
        yield _element("BtchBookg", "true" if debtor.batch_booking else "false")
    yield _element("NbOfTxs", str(batch.count))
    yield _element("CtrlSum", decimal(batch.amount, batch.exponent))
    if debtor.service_level:
        yield _element("PmtTpInf", None, _element("SvcLvl", None, _element("Cd", debtor.service_level)))
    yield _element("ReqdExctnDt", None, _element("Dt", batch.pay_on.isoformat()))
    yield _element("Dbtr", None, _element("Nm", _name(debtor.name, debtor.charset)))
    yield _element("DbtrAcct", None, _element("Id", None, _element("IBAN", debtor.iban)))
    unknown = _element("Othr", None, _element("Id", "NOTPROVIDED"))
    agent = _element("BICFI", debtor.bic) if debtor.bic else unknown
    yield _element("DbtrAgt", None, _element("FinInstnId", None, agent))
    if debtor.charge_bearer:
        yield _element("ChrgBr", debtor.charge_bearer)


def _transfer(each: Transfer, batch: Batch, debtor: Debtor) -> etree._Element:
    _check_id(each.end_to_end_id)
    amount = _element("InstdAmt", decimal(each.amount, batch.exponent), Ccy=batch.currency)
    parts = [
        _element("PmtId", None, _element("EndToEndId", each.end_to_end_id)),
        _element("Amt", None, amount),
        _element("Cdtr", None, _element("Nm", _name(each.name, debtor.charset))),
        _element("CdtrAcct", None, _element("Id", None, _element("IBAN", each.iban))),
    ]
    if debtor.remittance:
        parts.append(_element("RmtInf", None, _element("Ustrd", written(debtor.remittance, debtor.charset))))
    return _element("CdtTrfTxInf", None, *parts)


def _name(text: str, charset: Charset) -> str:
    said = written(text, charset)
    if not said:
        raise ValueError("a payment to nobody: the name is empty")
    return said
