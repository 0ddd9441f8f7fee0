"""One row of a register → what the service is, with what is wrong in it; or why it cannot be kept."""

import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from vatra.engines.names import digits, fold
from vatra.foundation.imports.commands import Reason
from vatra.foundation.imports.tables import TableRow

from .registers import Phones, Register
from .words import SENTENCES

LONGEST = {"key": 120, "name": 400, "provider": 250, "street": 400, "locality": 200, "district": 100, "phone": 200,
           "email": 254, "groups": 400}  # fmt: skip
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]{2,}\Z")
_DATE_AS_NUMBER = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](19|20)\d\d\b")


@dataclass(slots=True)
class Draft:
    """A service as a row gives it. `type_code` is the nomenclature's own spelling."""

    key: str
    name: str
    provider: str
    provider_key: str
    type_code: str
    form: str = ""
    groups: list[str] = field(default_factory=list)
    capacity: int | None = None
    district: str = ""
    locality: str = ""
    street: str = ""
    phone: str = ""
    email: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def likeness(self) -> tuple[str, ...]:
        """Two rows alike in this are probably the same service."""
        return (fold(self.name), self.provider_key, fold(self.locality), fold(self.street), self.type_code)


def reason(code: str, column: str = "", **values: object) -> Reason:
    return Reason(code, SENTENCES[code], column, values)


def bare(code: str) -> str:
    """A type's code without what typists vary: case, hyphens, spaces."""
    return re.sub(r"[^A-Z0-9]", "", code.upper())


class TypeCodes:
    """The nomenclature's codes, found again when they are spelt a little otherwise."""

    def __init__(self, codes: list[str], aliases: dict[str, str]) -> None:
        self.codes = set(codes)
        self.bare: dict[str, str | None] = {}
        for code in codes:
            self.bare[bare(code)] = None if bare(code) in self.bare else code  # two alike: neither can be guessed
        for alias, code in aliases.items():
            self.bare.setdefault(bare(alias), self.bare.get(bare(code)))

    def find(self, code: str) -> str | None:
        return code if code in self.codes else self.bare.get(bare(code))

    def nearest(self, code: str) -> str:
        from rapidfuzz import process

        names = {known: bare(known) for known in sorted(self.codes)}
        return ", ".join(known for _, _, known in process.extract(bare(code), names, limit=3))


def read_row(row: TableRow, register: Register, types: TypeCodes) -> Draft | list[Reason]:
    """The draft of a service, or the reasons why the row is rejected."""
    cells = row.cells
    wrong = [
        reason("too_long", column, length=len(cells[column]), limit=limit)
        for column, limit in LONGEST.items()
        if len(cells.get(column, "")) > limit
    ]
    if row.surplus:
        wrong.append(reason("too_many_cells", surplus=row.surplus))
    name, provider, code = (cells.get(column, "") for column in ("name", "provider", "type"))
    if not fold(name):
        wrong.append(reason("name_missing", "name"))
    if not fold(provider):
        wrong.append(reason("provider_missing", "provider"))
    known = types.find(code)
    if not bare(code):
        wrong.append(reason("type_missing", "type"))
    elif known is None:
        wrong.append(reason("type_unknown", "type", value=code, nearest=types.nearest(code)))
    if wrong or known is None:
        return wrong
    draft = Draft(key=cells.get("key", ""), name=name, provider=provider, provider_key=fold(provider), type_code=known)
    if known != code:
        draft.reasons.append(reason("type_respelt", "type", value=code, read=known))
    if row.short:
        draft.reasons.append(reason("row_short", short=row.short))
    _form_and_groups(draft, cells, register)
    _capacity(draft, cells.get("capacity", ""))
    _place(draft, cells)
    _coordinates(draft, cells, register.bounds)
    _reach(draft, cells, register.phones)
    if not draft.key:
        # Without a number, the row is known again by what it says of itself.
        draft.key = "~" + hashlib.sha256("\x1f".join(draft.likeness).encode()).hexdigest()[:32]
        draft.reasons.append(reason("key_missing", "key"))
    return draft


def _form_and_groups(draft: Draft, cells: dict[str, str], register: Register) -> None:
    form = _whole(cells.get("form", ""))
    if form in register.forms:
        draft.form = form
    elif form:
        draft.reasons.append(reason("form_unknown", "form", value=form))
    for group in re.split(r"[;,]", cells.get("groups", "")):
        group = group.strip()
        if group and group not in draft.groups:
            draft.groups.append(group)
            if group not in register.groups:
                draft.reasons.append(reason("group_unknown", "groups", value=group))
    if not draft.groups:
        draft.reasons.append(reason("group_missing", "groups"))


def _whole(text: str) -> str:
    """Spreadsheets write 4 as 4.0."""
    return re.sub(r"\A(\d+)[.,]0+\Z", r"\1", digits(text))


def _capacity(draft: Draft, text: str) -> None:
    number = _whole(text)
    if not number:
        draft.reasons.append(reason("capacity_missing", "capacity"))
    elif re.fullmatch(r"\d{1,6}", number):
        draft.capacity = int(number)
    elif len(numbers := re.findall(r"\d+", number)) == 1 and re.match(r"\d{1,6}\b", number):
        draft.capacity = int(numbers[0])
        draft.reasons.append(reason("capacity_read", "capacity", value=text, read=draft.capacity))
    else:
        draft.reasons.append(reason("capacity_unreadable", "capacity", value=text))


def _place(draft: Draft, cells: dict[str, str]) -> None:
    draft.district, draft.locality, draft.street = (cells.get(c, "") for c in ("district", "locality", "street"))
    if not fold(draft.locality):
        draft.reasons.append(reason("locality_missing", "locality"))
    if not fold(draft.street):
        draft.street = ""
        draft.reasons.append(reason("street_missing", "street"))
    elif _DATE_AS_NUMBER.search(draft.street):
        draft.reasons.append(reason("street_number_date", "street", value=draft.street))


def _degrees(text: str) -> Decimal | None:
    try:
        found = Decimal(digits(text).replace(",", ".").replace("°", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _coordinates(draft: Draft, cells: dict[str, str], bounds: dict[str, list[float]]) -> None:
    latitude, longitude = cells.get("latitude", ""), cells.get("longitude", "")
    said = f"{latitude} {longitude}".strip()
    if not latitude or not longitude:
        draft.reasons.append(reason("coordinates_missing", "latitude"))
        return
    north, east = _degrees(latitude), _degrees(longitude)
    if north is None or east is None:
        draft.reasons.append(reason("coordinates_unreadable", "latitude", value=said))
        return
    if not _inside(north, east, bounds):
        if not (bounds and _inside(east, north, bounds)):
            draft.reasons.append(reason("coordinates_outside", "latitude", value=said))
            return
        north, east = east, north
        draft.reasons.append(reason("coordinates_swapped", "latitude"))
    draft.latitude, draft.longitude = (round(degrees, 6) for degrees in (north, east))


def _inside(north: Decimal, east: Decimal, bounds: dict[str, list[float]]) -> bool:
    (south, top), (west, right) = bounds.get("latitude", (-90, 90)), bounds.get("longitude", (-180, 180))
    return south <= north <= top and west <= east <= right


def _reach(draft: Draft, cells: dict[str, str], phones: Phones | None) -> None:
    said = cells.get("phone", "")
    read = [read_phone(part.strip(), phones) for part in re.split(r"[;,]|\s/\s|\s(?=\+)", said) if part.strip()]
    draft.phone = ", ".join(number for number, _ in read)[: LONGEST["phone"]]
    if not said:
        draft.reasons.append(reason("phone_missing", "phone"))
    if any(code == "phone_zero_restored" for _, code in read):
        draft.reasons.append(reason("phone_zero_restored", "phone", value=said, read=draft.phone))
    if any(code == "phone_incomplete" for _, code in read):
        draft.reasons.append(reason("phone_incomplete", "phone", value=said))
    draft.email = cells.get("email", "")
    if draft.email and not is_email(draft.email):
        draft.reasons.append(reason("email_unreadable", "email", value=draft.email))
    elif not draft.email.isascii():
        draft.reasons.append(reason("email_accented", "email", value=draft.email))


def is_email(text: str) -> bool:
    return _EMAIL.match(text) is not None


def read_phone(said: str, phones: Phones | None) -> tuple[str, str]:
    """(number as kept, what was wrong): a lost trunk zero is put back; a number of unusual length stays as it is."""
    number = re.sub(r"\D", "", _whole(said))
    if phones is None:
        return said, "" if number else "phone_incomplete"
    for prefix in ("00" + phones.country, phones.country):
        if number.startswith(prefix) and len(number) - len(prefix) == phones.digits:
            return phones.trunk + number[len(prefix) :], ""
    if len(number) == phones.digits and not number.startswith(phones.trunk):
        return phones.trunk + number, "phone_zero_restored"
    if len(number) == phones.digits + len(phones.trunk) and number.startswith(phones.trunk):
        return number, ""
    return said, "phone_incomplete"
