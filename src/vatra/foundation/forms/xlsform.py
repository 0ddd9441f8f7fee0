"""From an XLSForm workbook to a form we keep: pyxform's XForm and its definition."""

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NEW_EXCEL = b"PK\x03\x04"
LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Converted:
    code: str
    version: str
    title: str
    xform: str
    definition: dict
    digest: str
    warnings: list[str]


def read_xlsform(data: bytes) -> Converted:
    """Convert a workbook. What it is, is told from its content, not from its name.

    Refuses what is no workbook, and what pyxform finds wrong in it, with the rows of the sheet.
    """
    kind = {OLD_EXCEL: ".xls", NEW_EXCEL: ".xlsx"}.get(data[:4])
    if kind is None or len(data) > LIMIT:
        raise Refused(
            "not_a_workbook",
            gettext_noop("This file is not an Excel workbook of at most 20 MB."),
            gettext_noop("Save the form as .xlsx and bring it in again."),
        )
    try:
        result = convert(BytesIO(data), validate=False, file_type=kind)
    except PyXFormError as error:
        raise Refused(
            "form_has_faults",
            gettext_noop("The form has faults: %(faults)s"),
            gettext_noop("Correct these rows in the workbook and bring it in again."),
            faults=re.sub(r"\s*Learn more: \S+", "", str(error)),
        ) from error
    definition = result._survey.to_json_dict()
    digest = hashlib.sha256(data).hexdigest()
    return Converted(
        code=definition["id_string"],
        version=str(definition.get("version") or digest[:12]),
        title=str(definition.get("title") or definition["id_string"]),
        xform=result.xform,
        definition=definition,
        digest=digest,
        warnings=list(result.warnings),
    )
