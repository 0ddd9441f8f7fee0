"""Why somebody is not paid, in sentences."""

from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.queries.due import NOT_PAYABLE

WITHOUT_ACCOUNT = "without_account"
BY_HAND = "by_hand"
SEALED = "sealed"
NO_LONGER_DUE = "no_longer_due"

REASONS = {
    **NOT_PAYABLE,
    WITHOUT_ACCOUNT: gettext_noop("Who is paid has no account: record one, then look again."),
    "already_in_period": gettext_noop("The same person is already paid for this month under another decision."),
    "other_currency": gettext_noop("It is due in another currency than the fund holds."),
    "nothing_to_pay": gettext_noop("The amount is nothing."),
    BY_HAND: gettext_noop("Left out by an officer."),
    NO_LONGER_DUE: gettext_noop("It is not due any more."),
    "cycle_cancelled": gettext_noop("The payment cycle was cancelled."),
    "cancelled": gettext_noop("The payment was cancelled."),
    "bank_rejected": gettext_noop("The bank refused the payment."),
    "bank_returned": gettext_noop("The bank returned the payment."),
    "not_collected": gettext_noop("Nobody came for the money."),
}

_PAYER = gettext_noop("Something is wrong with the account that pays: ask the bank.")
_CLOSED = gettext_noop("The account is closed.")
_KIND = gettext_noop("The account cannot receive such payments.")
_TWICE = gettext_noop("The bank takes it for a payment that it has already made.")
_BANK = gettext_noop("The bank code is wrong.")
_CURRENCY = gettext_noop("The account cannot receive this currency.")
_NOBODY = gettext_noop("The bank does not know who is to be paid.")
_ASKED = gettext_noop("It was called back.")

# What banks say (external status and return reasons of ISO 20022), as an officer understands it. What is not here is
# shown as the bank gave it.
BANK_REASONS = {
    "AC01": gettext_noop("The account number is wrong."),
    "AC02": _PAYER,
    "AC03": gettext_noop("The account number of who is paid is not valid."),
    "AC04": _CLOSED,
    "AC05": _PAYER,
    "AC06": gettext_noop("The account is blocked."),
    "AC07": _CLOSED,
    "AC13": _PAYER,
    "AC14": _KIND,
    "AG01": _KIND,
    "AG03": _KIND,
    "AM02": gettext_noop("The amount is higher than the bank allows."),
    "AM03": _CURRENCY,
    "AM04": gettext_noop("There was not enough money on the account that pays."),
    "AM05": _TWICE,
    "AM09": gettext_noop("The amount is not the one that was expected."),
    "BE01": gettext_noop("The name does not belong to the account."),
    "BE04": gettext_noop("The bank misses the address of who is paid."),
    "BE06": _NOBODY,
    "BE07": gettext_noop("The bank misses the address of who pays."),
    "CNOR": gettext_noop("The bank of who is paid cannot be reached in this way."),
    "CURR": _CURRENCY,
    "CUST": _ASKED,
    "DT01": gettext_noop("The bank cannot pay on the day that was named."),
    "DU01": _TWICE,
    "DU02": _TWICE,
    "DU03": _TWICE,
    "DU04": _TWICE,
    "DU05": _TWICE,
    "DUPL": _TWICE,
    "ED05": gettext_noop("The banks could not settle it between them: it can be sent again."),
    "FOCR": _ASKED,
    "FRAD": gettext_noop("The bank suspects fraud: ask it before you pay again."),
    "LEGL": gettext_noop("A court or an authority stopped it."),
    "MD07": gettext_noop("The holder of the account died."),
    "MS02": gettext_noop("Refused by the customer; no reason was given."),
    "MS03": gettext_noop("Refused by the bank; no reason was given."),
    "NOAS": gettext_noop("The holder of the account did not answer the bank."),
    "RC01": _BANK,
    "RC07": _BANK,
    "RR04": gettext_noop("Refused for a reason of the law."),
    "TECH": gettext_noop("Something failed at the bank: it can be sent again."),
    "UCRD": _NOBODY,
}
# After these the same account is of no use.
WRONG_ACCOUNT = frozenset(
    {"AC01", "AC03", "AC04", "AC06", "AC07", "AC14", "AG01", "AG03", "BE01", "MD07", "RC01", "RC07"}
)
# Refused because the bank has it already: it is not to be paid again before somebody has looked.
DUPLICATE = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"})

# What does not add up in a file of a bank; the values are in the fault.
FAULTS = {
    "balances_differ": gettext_noop(
        "The opening balance %(opening)s and the entries, %(moved)s, do not come to the closing balance %(closing)s: entries are missing from the file."
    ),
    "file_unknown": gettext_noop("It answers the file %(original)s, which was never sent from here."),
    "file_repeated": gettext_noop(
        "The bank refused the file %(original)s because it has it already. Nobody's payment was changed: see what the bank says of the first one."
    ),
    "file_contradicts": gettext_noop(
        "The bank refused the whole file %(original)s, of which payments have arrived already. Nobody's payment was changed: ask the bank."
    ),
}


def sentence(reason: str) -> str:
    """The sentence of a reason; the code itself where a bank says what we do not know."""
    return known(reason) or reason


def known(reason: str) -> str:
    """The sentence of a reason; empty where a bank says what we do not know."""
    return REASONS.get(reason) or BANK_REASONS.get(reason) or ""
