"""States, steps and checks of payments in words, and how they look."""

from vatra.kernel.words import gettext_noop

# state → (shape, word)
CYCLE = {
    "preparing": ("ask", gettext_noop("being prepared")),
    "prepared": ("ask", gettext_noop("prepared, to be checked")),
    "checked": ("ask", gettext_noop("checked, to be approved")),
    "approved": ("ask", gettext_noop("approved, to be sent")),
    "exporting": ("ask", gettext_noop("files are being written")),
    "exported": ("ask", gettext_noop("sent, answers awaited")),
    "settled": ("yes", gettext_noop("answered")),
    "closed": ("no", gettext_noop("closed")),
    "cancelled": ("no", gettext_noop("cancelled")),
}
INSTRUCTION = {
    "planned": ("ask", gettext_noop("planned")),
    "excluded": ("act", gettext_noop("left out")),
    "approved": ("ask", gettext_noop("approved")),
    "sent": ("ask", gettext_noop("sent")),
    "paid": ("yes", gettext_noop("paid")),
    "returned": ("act", gettext_noop("came back")),
    "replaced": ("no", gettext_noop("sent again")),
    "cancelled": ("no", gettext_noop("given up")),
}
KIND = {"regular": gettext_noop("regular"), "resend": gettext_noop("new attempts of what came back")}
WAY = {"bank": gettext_noop("by bank"), "cash": gettext_noop("in cash")}
ENTRY = {
    "adopted": gettext_noop("adopted by the council"),
    "reserved": gettext_noop("reserved for approved payments"),
    "released": gettext_noop("released again"),
    "sent": gettext_noop("sent"),
    "paid": gettext_noop("paid"),
    "returned": gettext_noop("came back"),
    "reversed": gettext_noop("reversed"),
}
ACCOUNT = {
    "appropriation": gettext_noop("appropriation"),
    "available": gettext_noop("available"),
    "reserved": gettext_noop("reserved"),
    "sent": gettext_noop("on its way"),
    "paid": gettext_noop("paid out"),
    "returned": gettext_noop("came back, still owed"),
}
OUTCOME = {
    "settled": gettext_noop("arrived"),
    "returned": gettext_noop("came back"),
    "noted": gettext_noop("noted"),
    "repeated": gettext_noop("known already"),
    "unknown": gettext_noop("not ours"),
    "mismatch": gettext_noop("does not agree"),
}
SAYS = {
    "paid": gettext_noop("arrived"),
    "returned": gettext_noop("came back"),
    "noted": gettext_noop("on its way"),
}
# What an officer may name when a payment comes back by hand: codes that banks use.
RETURNS = ("AC04", "AC01", "AC06", "BE01", "MD07", "MS03", "not_collected")
