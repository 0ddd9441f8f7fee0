"""The pack's code lists that this room asks. A list that the pack does not bring leaves its codes open."""

from vatra.foundation.catalogue.queries import codes
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

ROLE = "household_role"
RELATION = "kinship"
IDENTIFIER = "identifier_kind"
PURPOSE = "consent_purpose"
BASIS = "representation_basis"
SEX = "sex"


def check_code(code_list: str, code: str) -> None:
    """Refuse a code that the pack's list does not have."""
    known = {row.code for row in codes(code_list)}
    if known and code not in known:
        raise Refused(
            "unknown_code",
            gettext_noop("“%(code)s” is not in the list “%(list)s”."),
            gettext_noop("Choose one of: %(known)s."),
            code=code, list=code_list, known=", ".join(sorted(known)),
        )  # fmt: skip
