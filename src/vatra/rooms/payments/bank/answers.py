"""Reading what banks send: pain.002 (status report), camt.054 (notification), camt.053 (statement), of any version.

Tags are read by their local names, so that versions .03 to .15 and the dialects of banks come to the same rows. The
file is not trusted: no document type, no entities, nothing fetched, bounded in size, depth and rows.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from lxml import etree

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

Says = Literal["paid", "returned", "noted"]
SIZE_LIMIT = 20 * 1024 * 1024
ROW_LIMIT = 200_000
DEPTH_LIMIT = 40
PAID = {"ACSC", "ACCC"}  # settled at the debtor's bank, or on the creditor's account
REJECTED = {"RJCT", "CANC"}
KINDS = {
    "CstmrPmtStsRpt": "pain.002",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one payment. `end_to_end_id` is ours; empty for an entry that names no payment."""

    end_to_end_id: str
    says: Says
    status: str = ""
    reason: str = ""
    amount: Decimal | None = None
    currency: str = ""
    on: date | None = None


@dataclass
class Sums:
    """Of a statement: what it opens and closes with, and what was booked between."""

    opening: Decimal | None = None
    closing: Decimal | None = None
    moved: Decimal = Decimal(0)


@dataclass
class Reading:
    """A file as read. `whole` is what it says of all payments of the message `original`; rows may say otherwise."""

    kind: str = ""
    message_id: str = ""
    original: str = ""
    whole: Answer | None = None
    answers: list[Answer] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)  # what does not add up: {"code", …}
    sums: Sums = field(default_factory=Sums)


def read(content: bytes) -> Reading:
    """Refuses what is no such file, is damaged, too large, or tries to be more than data."""
    if len(content) > SIZE_LIMIT:
        raise _not("bank_file_large", gettext_noop("The file is larger than 20 MB."))
    try:
        found = _read(content)
    except etree.XMLSyntaxError as problem:
        raise Refused(
            "bank_file_damaged", gettext_noop("The file cannot be read: %(problem)s."),
            gettext_noop("Fetch it from the bank again; do not open and save it with another program."),
            problem=str(problem.msg or "")[:200],
        ) from problem  # fmt: skip
    if not found.kind:
        raise _not("not_a_bank_file", gettext_noop("This is no file of a bank that Vatra can read."))
    return found


def _not(code: str, sentence: str) -> Refused:
    return Refused(code, sentence, gettext_noop("Choose a file pain.002, camt.053 or camt.054 as the bank gave it."))


def _read(content: bytes) -> Reading:
    found = Reading()
    depth = 0
    parts = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for event, element in parts:
        tag = _local(element)
        if event == "start":
            if depth == 0:
                _refuse_doctype(element)
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _not("bank_file_deep", gettext_noop("The file is nested too deeply for a bank's."))
            found.kind = found.kind or KINDS.get(tag, "")
            continue
        depth -= 1
        _take(found, tag, element)
        if len(found.answers) > ROW_LIMIT:
            raise _not("bank_file_long", gettext_noop("The file has more rows than Vatra reads at once."))
    return found


def _refuse_doctype(root: etree._Element) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None or info.externalDTD is not None:
        raise _not("bank_file_doctype", gettext_noop("The file declares a document type, which no bank's file does."))


def _take(found: Reading, tag: str, element: etree._Element) -> None:
    """What a part says, once it is complete; then it is forgotten, so that memory does not grow with the file."""
    if tag == "GrpHdr" and not found.message_id:
        found.message_id = _text(element, "MsgId")[:64]
    elif found.kind == "pain.002":
        if tag == "OrgnlGrpInfAndSts":
            found.original = _text(element, "OrgnlMsgId")
            found.whole = _status(element, "GrpSts") or found.whole
        elif tag == "TxInfAndSts":
            found.answers.append(_status_of_one(element))
            element.clear()
        elif tag == "OrgnlPmtInfAndSts":
            found.whole = _status(element, "PmtInfSts") or found.whole
            element.clear()
    elif tag == "Ntry":
        found.answers.extend(_entry(element))
        if found.kind == "camt.053":
            _add_up(element, found)
        element.clear()
    elif tag == "Bal" and found.kind == "camt.053":
        _balance(element, found)
        element.clear()
    elif tag == "Stmt":
        _check_balances(found)


# --- pain.002 ---------------------------------------------------------------------------------------------------------


def _status(element: etree._Element, tag: str) -> Answer | None:
    status = _text(element, tag)
    return Answer("", _says(status), status[:16], _reason(element)) if status else None


def _status_of_one(element: etree._Element) -> Answer:
    status = _text(element, "TxSts")
    amount, currency = _amount(_first(element, "InstdAmt"))
    return Answer(
        _text(element, "OrgnlEndToEndId"), _says(status), status[:16], _reason(element), amount, currency,
        _date(_first(element, "AccptncDtTm")) or _date(_first(element, "FctvIntrBkSttlmDt")),
    )  # fmt: skip


def _says(status: str) -> Says:
    if status in PAID:
        return "paid"
    return "returned" if status in REJECTED else "noted"


def _reason(element: etree._Element) -> str:
    """The code of the reason, or the bank's own words where it gives no code."""
    for holder in ("StsRsnInf", "RtrInf"):
        if (info := _first(element, holder)) is not None and (reason := _first(info, "Rsn")) is not None:
            return (_text(reason, "Cd") or _text(reason, "Prtry"))[:64]
    return ""


# --- camt -------------------------------------------------------------------------------------------------------------


def _entry(entry: etree._Element) -> Iterator[Answer]:
    """A booked debit with our id is a payment made; a credit with our id is one that came back. A reversal (RvslInd)
    says the same by its own direction: that of a payment is a credit, that of a return is a debit."""
    status = _status_code(entry)
    on = _date(_first(entry, "BookgDt")) or _date(_first(entry, "ValDt"))
    came_in = _text(entry, "CdtDbtInd") == "CRDT"
    details = [part for part in entry.iter() if _local(part) == "TxDtls"]
    for part in details or [entry]:
        id = _text(part, "EndToEndId") or _text(part, "OrgnlEndToEndId")
        if id in ("", "NOTPROVIDED"):
            continue
        amount, currency = _amount(_own_amount(part))
        if amount is None:
            amount, currency = _amount(_child(entry, "Amt")) if len(details) < 2 else (None, "")
        direction = _text(part, "CdtDbtInd")
        back = came_in or direction == "CRDT" or _first(part, "RtrInf") is not None
        said: Says = "noted" if status in ("PDNG", "INFO", "FUTR") else "returned" if back else "paid"
        yield Answer(id, said, status[:16], _reason(part), amount, currency, on)


def _status_code(entry: etree._Element) -> str:
    """`<Sts>BOOK</Sts>` of older versions, `<Sts><Cd>BOOK</Cd></Sts>` of newer ones."""
    status = _child(entry, "Sts")
    if status is None:
        return ""
    return (_text(status, "Cd") or (status.text or "")).strip()


def _own_amount(part: etree._Element) -> etree._Element | None:
    if (own := _child(part, "Amt")) is not None:
        return own
    for holder in ("TxAmt", "InstdAmt"):
        if (found := _first(part, holder)) is not None:
            return _child(found, "Amt")
    return None


def _signed(element: etree._Element) -> Decimal | None:
    amount, _ = _amount(_child(element, "Amt"))
    if amount is None:
        return None
    return amount if _text(element, "CdtDbtInd") == "CRDT" else -amount


def _add_up(entry: etree._Element, found: Reading) -> None:
    if _status_code(entry) in ("", "BOOK"):
        found.sums.moved += _signed(entry) or Decimal(0)


def _balance(element: etree._Element, found: Reading) -> None:
    code, sums = _text(element, "Cd"), found.sums
    if code in ("OPBD", "PRCD") and sums.opening is None:
        sums.opening = _signed(element)
    elif code == "CLBD":
        sums.closing = _signed(element)


def _check_balances(found: Reading) -> None:
    """Opening balance and entries come to the closing balance; otherwise something is missing from the file."""
    sums = found.sums
    if sums.opening is not None and sums.closing is not None and sums.opening + sums.moved != sums.closing:
        found.faults.append({
            "code": "balances_differ", "opening": str(sums.opening), "moved": str(sums.moved),
            "closing": str(sums.closing),
        })  # fmt: skip
    found.sums = Sums()


# --- parts ------------------------------------------------------------------------------------------------------------


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next((child for child in element if _local(child) == tag), None)


def _first(element: etree._Element, tag: str) -> etree._Element | None:
    return next((part for part in element.iter() if part is not element and _local(part) == tag), None)


def _text(element: etree._Element, tag: str) -> str:
    found = _first(element, tag)
    return (found.text or "").strip() if found is not None else ""


def _amount(element: etree._Element | None) -> tuple[Decimal | None, str]:
    """What is said, None where nothing is; nought for what cannot be read: that fits no payment."""
    if element is None:
        return None, ""
    try:
        amount = Decimal((element.text or "").strip())
    except InvalidOperation:
        amount = Decimal(0)
    bounded = amount.is_finite() and amount.adjusted() <= 18
    return (amount if bounded else Decimal(0)), element.get("Ccy", "")[:3]


def _date(element: etree._Element | None) -> date | None:
    """A day, a day in a choice of day and moment, or the day of a moment."""
    if element is None:
        return None
    text = "".join(element.itertext()).strip()
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
