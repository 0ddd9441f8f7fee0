"""What the page asks of the pack: the time zone, and how a currency is written."""

from babel.numbers import get_currency_precision

from vatra.foundation.catalogue import queries as catalogue

from .reading import said


def zone() -> str:
    return catalogue.zone()


def currency(code: str, language: str) -> tuple[int, str]:
    """How many decimals a currency has, and the sign the pack gives it ("" means the locale's own).

    A pack says it as `currencies: {RON: {exponent: 2, symbol: {ro: lei, en: lei}}}`; CLDR answers for the others.
    """
    manner = catalogue.currencies().get(code)
    if manner is None:
        return get_currency_precision(code), ""
    return manner["exponent"], said(manner.get("symbol"), language).text
