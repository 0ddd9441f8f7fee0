"""Reading a table out of whatever file an office has: encodings, separators, workbooks, the marks spreadsheets leave."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

LARGEST = 200 * 1024 * 1024  # bytes; more is a database to connect, not a file to read
WIDEST = 1_000_000  # letters in one cell
WIDE = 6  # columns of a table whose rows are told from text within a cell
TITLES = 20  # records above the header at most
SEPARATORS = ",;\t|"
WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}
BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of workbooks, whatever the file is called
PLAIN = ("utf-8-sig", "utf-16", "workbook")  # encodings that are known, not guessed
ARABIC = ("cp1256", "windows-1256", "iso-8859-6", "iso8859-6")
_HIGH = re.compile(rb"[\x80-\xff]+")
_SPACE = re.compile(r"[\s\u00a0\u2007\u202f]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record of the file. `number` counts records as a spreadsheet does, the header being row 1."""

    number: int
    cells: dict[str, str]  # by the names that the caller gave to columns
    surplus: int = 0  # filled cells beyond the header
    short: int = 0  # cells missing at the end


@dataclass(frozen=True, slots=True)
class Table:
    file_name: str
    digest: str
    encoding: str
    header: list[str]
    rows: list[TableRow]


def clean(text: str, letters: Mapping[int, str] | None = None) -> str:
    """One line, composed letters, no invisible characters; `letters` replaces look-alikes (`str.maketrans`)."""
    text = _SPACE.sub(" ", _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))).strip()
    return text.translate(letters) if letters else text


def read_table(
    path: Path, *, columns: Mapping[str, Sequence[str]], required: Sequence[str], encodings: Sequence[str] = (),
    letters: Mapping[int, str] | None = None,
) -> Table:  # fmt: skip
    """Read a CSV file or the first sheet of a workbook.

    `columns` gives, for each name the caller uses, the headings it may have in the file; `required` names must be
    there. `encodings` are tried after UTF-8, those of Arabic first where whole words lie beyond ASCII. Refuses a file
    that is empty, too large, unreadable in these encodings, or whose header lacks or repeats a column; each refusal says what was found and the way out.
    """
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise Refused(
            "file_too_large",
            gettext_noop("%(file)s has more than %(megabytes)s MB."),
            gettext_noop("Split the file, keeping the header in each part."),
            file=path.name, megabytes=LARGEST // 1024**2,
        )  # fmt: skip
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix.lower() in WORKBOOKS or data.startswith(BEGINNINGS):
        encoding, records = "workbook", _workbook(data, path.name)
    else:
        text, encoding = _decoded(data, path.name, encodings)
        records = _records(text, path.name)
    wanted = [{heading_key(heading) for heading in columns[column]} for column in required]
    header_at, header = _header(records, wanted, path.name)
    places = _places(header, columns, required, path.name)
    rows = list(_rows(records, header_at, header, places, letters))
    return Table(path.name, digest, encoding, header, rows)


def _decoded(data: bytes, name: str, encodings: Sequence[str]) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried: Sequence[str] = ["utf-16"]
    elif data.count(b"\0") > len(data) // 10:
        tried = []  # a picture or a workbook with another ending: no text at all
    else:
        whole_words = _whole_words(data)
        tried = ["utf-8-sig", *sorted(encodings, key=lambda name: (name.lower() in ARABIC) is not whole_words)]
    for encoding in tried:
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    raise Refused(
        "encoding_unknown",
        gettext_noop("The letters of %(file)s cannot be read as %(tried)s."),
        gettext_noop("Save it again as “CSV UTF-8”, or name its encoding with --encoding."),
        file=name, tried=", ".join(tried) or "text",
    )  # fmt: skip


def _whole_words(data: bytes) -> bool:
    """Whether most letters beyond ASCII stand beside others, as in Arabic, and not one by one, as accents do."""
    runs = [len(run) for run in _HIGH.findall(data)]
    return 2 * sum(length for length in runs if length > 1) > sum(runs)


def _records(text: str, name: str) -> list[list[str]]:
    """Records with their cells; a quoted cell may hold line breaks and separators."""
    limit = csv.field_size_limit(WIDEST)
    try:
        return list(_split(io.StringIO(text, newline="").readlines(), _separator(text)))
    except csv.Error as fault:
        raise Refused(
            "csv_unreadable",
            gettext_noop("%(file)s cannot be read as a table: %(fault)s."),
            gettext_noop("Look for a quotation mark that is opened and never closed, or send a workbook (.xlsx)."),
            file=name, fault=str(fault),
        ) from fault  # fmt: skip
    finally:
        csv.field_size_limit(limit)


def _split(lines: list[str], separator: str) -> Iterator[list[str]]:
    """A quotation mark that is opened and never closed takes no rows with it: where a cell would hold a whole row, the
    line in which it begins is read without quotation marks, and the next line begins a row."""
    begin, wide = 0, 0
    while begin < len(lines):
        reader = csv.reader(lines[begin:], delimiter=separator, strict=False)
        start = begin
        for record in reader:
            end = start + reader.line_num
            if any(_is_row(line, separator, wide) for line in lines[begin + 1 : end]):
                (bare,) = csv.reader([lines[begin]], delimiter=separator, quoting=csv.QUOTE_NONE)
                yield [cell.strip('"') for cell in bare]
                begin += 1
                break
            yield record
            wide, begin = wide or len(record), end


def _is_row(line: str, separator: str, wide: int) -> bool:
    """Whether a line alone has as many cells as the header, and no mark that closes a cell begun before it."""
    if wide < WIDE or line.count(separator) < wide - 1:
        return False
    cells = next(csv.reader([line], delimiter=separator), [])
    return len(cells) == wide and not any('"' in cell for cell in cells)


def _separator(text: str) -> str:
    """The separator that the first line with any has most of, outside quotation marks."""
    for line in text.splitlines():
        if line.lower().startswith("sep=") and len(line.strip()) == 5:
            return line.strip()[4]
        bare = re.sub(r'"[^"]*"', "", line)
        if line.strip(SEPARATORS + ' "') and any(separator in bare for separator in SEPARATORS):
            return max(SEPARATORS, key=bare.count)
    return ","


def _workbook(data: bytes, name: str) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, OSError) as fault:
        raise Refused(
            "workbook_unreadable",
            gettext_noop("%(file)s cannot be opened as a workbook: %(fault)s."),
            gettext_noop("Open it in a spreadsheet program and save it as .xlsx or as “CSV UTF-8”."),
            file=name, fault=str(fault),
        ) from fault  # fmt: skip
    # An empty row above the table is a row too: people count it.
    return [[_as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _as_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _header(records: list[list[str]], wanted: Sequence[set[str]], name: str) -> tuple[int, list[str]]:
    """The first record that names every wanted column, a title may stand above it; else the first that holds anything.
    `sep=;` lines of spreadsheets do not count."""
    found: list[tuple[int, list[str]]] = []
    for index, record in enumerate(records):
        cells = [clean(cell) for cell in record]
        if any(cells) and not (cells[0].lower().startswith("sep=") and len(cells[0]) <= 5):
            found.append((index, cells))
        if len(found) == TITLES:
            break
    for index, cells in found:
        keys = set(map(heading_key, cells))
        if all(keys & headings for headings in wanted):
            return index, cells
    if found:
        return found[0]
    raise Refused(
        "file_empty",
        gettext_noop("%(file)s holds no table."),
        gettext_noop("Check that this is the right file; its first row should name the columns."),
        file=name,
    )


def heading_key(text: str) -> str:
    """Headings are compared without case, accents and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(c)[0] in "LN")
    return bare


def _places(
    header: list[str], columns: Mapping[str, Sequence[str]], required: Sequence[str], name: str
) -> dict[str, int]:
    keys = [heading_key(cell) for cell in header]
    places: dict[str, int] = {}
    for column, headings in columns.items():
        found = [i for i, key in enumerate(keys) if key in {heading_key(h) for h in headings}]
        if len(found) > 1:
            raise Refused(
                "column_twice",
                gettext_noop("%(file)s has the column “%(column)s” twice, in places %(places)s."),
                gettext_noop("Remove or rename one of the two, then import again."),
                file=name, column=header[found[0]], places=", ".join(str(i + 1) for i in found),
            )  # fmt: skip
        if found:
            places[column] = found[0]
    missing = [columns[column][0] for column in required if column not in places]
    if missing:
        raise Refused(
            "columns_missing",
            gettext_noop("%(file)s lacks the columns %(missing)s. Found: %(found)s."),
            gettext_noop("Name the columns in the first row as the register does: %(expected)s."),
            file=name, missing=", ".join(missing), found=", ".join(c for c in header if c)[:400],
            expected=", ".join(headings[0] for headings in columns.values()),
        )  # fmt: skip
    return places


def _rows(
    records: list[list[str]], header_at: int, header: list[str], places: Mapping[str, int],
    letters: Mapping[int, str] | None,
) -> Iterator[TableRow]:  # fmt: skip
    width = max(len(header), 1)
    while width > 1 and not header[width - 1]:
        width -= 1
    for index, record in enumerate(records[header_at + 1 :], header_at + 2):
        cells = [clean(cell, letters) for cell in record]
        if not any(cells):
            continue  # an empty line is a row to count, and nothing to read
        named = {column: cells[place] if place < len(cells) else "" for column, place in places.items()}
        surplus = sum(1 for cell in cells[width:] if cell)
        yield TableRow(index, named, surplus=surplus, short=max(0, width - len(cells)))
