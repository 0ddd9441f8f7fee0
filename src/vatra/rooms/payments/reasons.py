"""Why somebody is not paid, in sentences."""

from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.queries.due import NOT_PAYABLE

WITHOUT_ACCOUNT = "without_account"
BY_HAND = "by_hand"
SEALED = "sealed"
NO_LONGER_DUE = "no_longer_due"
NOT_IN_CYCLE = "not_in_cycle"

REASONS = {
    **NOT_PAYABLE,
    WITHOUT_ACCOUNT: gettext_noop("Who is paid has no account: record one, then look again."),
    "already_in_period": gettext_noop("The same person is already paid for this month under another decision."),
    "other_currency": gettext_noop("It is due in another currency than the fund holds."),
    "nothing_to_pay": gettext_noop("The amount is nothing."),
    BY_HAND: gettext_noop("Left out by an officer."),
    NO_LONGER_DUE: gettext_noop("It is not due any more."),
    NOT_IN_CYCLE: gettext_noop("It became due after the cycle was prepared: look again."),
    "cycle_cancelled": gettext_noop("The payment cycle was cancelled."),
    "cancelled": gettext_noop("The payment was cancelled."),
    "bank_rejected": gettext_noop("The bank refused the payment."),
    "bank_returned": gettext_noop("The bank returned the payment."),
    "not_collected": gettext_noop("Nobody came for the money."),
}

# What banks say (ISO 20022 external status and return reason codes), of those that somebody at a desk can act on.
BANK_REASONS = {
    "AC01": gettext_noop("The account number is wrong."),
    "AC03": gettext_noop("The account number of who is paid is not valid."),
    "AC04": gettext_noop("The account is closed."),
    "AC06": gettext_noop("The account is blocked."),
    "AC13": gettext_noop("The account cannot receive such payments."),
    "AG01": gettext_noop("The account cannot receive credit transfers."),
    "AM05": gettext_noop("The bank takes it for a payment that it has already made."),
    "BE01": gettext_noop("The name does not belong to the account."),
    "BE04": gettext_noop("The bank misses the address of who is paid."),
    "BE07": gettext_noop("The bank misses the address of who pays."),
    "MD07": gettext_noop("The holder of the account died."),
    "MS02": gettext_noop("Refused by the customer; no reason was given."),
    "MS03": gettext_noop("Refused by the bank; no reason was given."),
    "RC01": gettext_noop("The bank code is wrong."),
    "RR04": gettext_noop("Refused for a reason of the law."),
}
# After these the same account is of no use.
WRONG_ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "AC13", "AG01", "BE01", "MD07", "RC01"})


def sentence(reason: str) -> str:
    """The sentence of a reason; the code itself where a bank says what we do not know."""
    return REASONS.get(reason) or BANK_REASONS.get(reason) or reason
