"""Account numbers by ISO 13616: letters of the country, two check digits, the country's own number."""

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .vault import normal_identifier

# How long the whole number is, by the registry of ISO 13616. A country that is not here is checked by its digits only.
LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "CH": 21, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GE": 22, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IQ": 23, "IT": 27, "JO": 30, "KW": 30, "LB": 28, "LT": 20, "LU": 20, "LV": 21,
    "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24,
    "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip


def checked(value: str) -> str:
    """The number as banks write it, without spaces. Refuses, with what is wrong, one that no bank can have given."""
    plain = normal_identifier(value)
    country = plain[:2]
    if not (country.isascii() and country.isalpha() and plain.isascii() and plain[2:4].isdigit()):
        raise Refused(
            "not_an_iban",
            gettext_noop("An account number (IBAN) begins with two letters of the country and two digits."),
            gettext_noop("Write it as it stands on the bank's paper, from the first letter on."),
        )
    wanted = LENGTHS.get(country)
    if (wanted and len(plain) != wanted) or not 15 <= len(plain) <= 34:
        raise Refused(
            "iban_length",
            gettext_noop("This account number has %(found)s characters; one of %(country)s has %(wanted)s."),
            gettext_noop("Compare it with the bank's paper: a character is missing, or one is too many."),
            found=len(plain), country=country, wanted=wanted or "15–34",
        )  # fmt: skip
    if remainder(plain) != 1:
        raise Refused(
            "iban_check_digits",
            gettext_noop("This account number cannot be right: its check digits do not fit."),
            gettext_noop("Compare it with the bank's paper: a character is wrong, or two changed places."),
        )
    return plain


def remainder(plain: str) -> int:
    """ISO 7064 MOD 97-10: the first four characters go to the end, letters count from ten. 1 where the number is sound."""
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97
