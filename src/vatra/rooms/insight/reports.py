"""A file of reports, read by its mapping: the table, how it writes figures, and what is to be said about it as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vatra.foundation.imports.commands import Reason
from vatra.foundation.imports.tables import PLAIN, Table, heading_key, read_table
from vatra.kernel.words import gettext_noop

from .figures import DecimalSign, decimal_sign
from .mapping import MeasurementMap


@dataclass(frozen=True)
class Reports:
    """`headings`: column of the mapping → its heading in this file. `notes` are for the report of the import."""

    table: Table
    sign: str  # for decimals
    headings: Mapping[str, str]
    notes: list[Reason]


def read_reports(file: Path, mapping: MeasurementMap, *, encoding: str = "") -> Reports:
    """Reads only. Refuses a file that is no table, or lacks a column that the mapping wants."""
    table = read_table(
        file, columns=mapping.columns, required=mapping.required,
        encodings=[encoding] if encoding else mapping.encodings,
    )  # fmt: skip
    sign = DecimalSign(mapping.decimal)
    if mapping.decimal == "auto":
        sign = decimal_sign(row.cells.get(mapping.value, "") for row in table.rows)
    notes = [*_letters(table, encoding), *_unsure(sign), *_unread(table, mapping)]
    return Reports(table, sign.sign, _headings(table, mapping), notes)


def _headings(table: Table, mapping: MeasurementMap) -> dict[str, str]:
    by_key = {heading_key(heading): heading for heading in table.header}
    return {
        column: next((by_key[key] for key in map(heading_key, headings) if key in by_key), column)
        for column, headings in mapping.columns.items()
    }


def _letters(table: Table, told: str) -> list[Reason]:
    """An encoding that nobody named is a guess: wrong letters raise no error."""
    if told or table.encoding in PLAIN:
        return []
    sentence = gettext_noop(
        "The file is not in UTF-8; its letters were read as %(encoding)s. If names look wrong, import it again with "
        "--encoding."
    )
    return [Reason("letters_guessed", sentence, values={"encoding": table.encoding})]


def _unsure(sign: DecimalSign) -> list[Reason]:
    if not sign.unsure:
        return []
    sentence = gettext_noop(
        "Figures such as “%(text)s” can be read in two ways; “%(sign)s” was taken for decimals. If that is wrong, say "
        "“decimal” in the mapping and import again."
    )
    return [Reason("decimals_unsure", sentence, values={"text": sign.unsure[:40], "sign": sign.sign})]


def _unread(table: Table, mapping: MeasurementMap) -> list[Reason]:
    """What the file has and the mapping does not name."""
    named = {heading_key(heading) for headings in mapping.columns.values() for heading in headings}
    unread = [heading for heading in table.header if heading and heading_key(heading) not in named]
    if not unread:
        return []
    sentence = gettext_noop("Columns that the mapping does not name were not read: %(columns)s.")
    return [Reason("columns_unread", sentence, values={"columns": ", ".join(unread)[:500]})]
