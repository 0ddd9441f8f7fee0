"""States in words, and how they look."""

from vatra.kernel.words import gettext_noop

# state → (shape, word)
APPLICATION = {
    "registered": ("ask", gettext_noop("papers awaited")),
    "complete": ("ask", gettext_noop("complete")),
    "decided": ("yes", gettext_noop("decided")),
    "forwarded": ("no", gettext_noop("forwarded")),
    "withdrawn": ("no", gettext_noop("withdrawn")),
}
DECISION = {
    "draft": ("ask", gettext_noop("draft, to be reported")),
    "reported": ("ask", gettext_noop("reported, to be countersigned")),
    "countersigned": ("ask", gettext_noop("countersigned, to be signed")),
    "signed": ("yes", gettext_noop("signed")),
    "returned": ("act", gettext_noop("returned")),
}
STEPS = {
    "drafted": gettext_noop("Drafted"),
    "reported": gettext_noop("Reported"),
    "countersigned": gettext_noop("Countersigned"),
    "signed": gettext_noop("Signed and numbered"),
    "returned": gettext_noop("Returned"),
}
STATUS = {
    "entitled": ("yes", gettext_noop("entitled")),
    "unknown": ("ask", gettext_noop("not yet known")),
    "not_entitled": ("no", gettext_noop("not entitled")),
}
SEEN = {
    "original": gettext_noop("original seen"),
    "certified_copy": gettext_noop("certified copy seen"),
    "register_checked": gettext_noop("checked in a register"),
    "not_needed": gettext_noop("not needed"),
}
KINDS = {
    "original": gettext_noop("original"),
    "certified_copy": gettext_noop("certified copy"),
    "register": gettext_noop("from a register"),
    "form": gettext_noop("form"),
}
DELIVERY = {
    "handed_over": gettext_noop("handed over"),
    "return_receipt": gettext_noop("received, with return receipt"),
    "posted": gettext_noop("displayed publicly"),
    "returned": gettext_noop("came back"),
}
DEADLINES = {
    "decide": gettext_noop("Decide by"),
    "forward": gettext_noop("Forward by"),
    "communicate": gettext_noop("Deliver by"),
    "appeal": gettext_noop("Appeal possible until"),
}
ENTITLEMENT = {
    "active": ("yes", gettext_noop("active")),
    "suspended": ("ask", gettext_noop("suspended")),
    "ended": ("no", gettext_noop("ended")),
}
CHANGES = {
    "granted": gettext_noop("granted"),
    "changed": gettext_noop("changed"),
    "suspended": gettext_noop("suspended"),
    "resumed": gettext_noop("resumed"),
    "ended": gettext_noop("ended"),
}
ANSWERS = {
    "sent": ("ask", gettext_noop("no answer yet")),
    "accepted": ("yes", gettext_noop("accepted")),
    "rejected": ("act", gettext_noop("rejected")),
    "corrected": ("no", gettext_noop("corrected, goes out again")),
    "dropped": ("no", gettext_noop("not sent again")),
}
PERIODS = {
    "month": gettext_noop("a month"),
    "year": gettext_noop("a year"),
    "week": gettext_noop("a week"),
    "day": gettext_noop("a day"),
    "quarter": gettext_noop("a quarter"),
    "once": gettext_noop("once"),
}
WORK = {
    "benefits.papers": gettext_noop("Papers are awaited"),
    "benefits.draft": gettext_noop("Draft the decision"),
    "benefits.returned": gettext_noop("Draft again: it was returned"),
    "benefits.report": gettext_noop("Report the draft"),
    "benefits.countersign": gettext_noop("Countersign"),
    "benefits.sign": gettext_noop("Sign"),
    "benefits.deliver": gettext_noop("Deliver the letter"),
    "benefits.rejected": gettext_noop("Correct: rejected by the body that pays"),
    "benefits.review": gettext_noop("Look again: the rules now say something else"),
    "payments.check": gettext_noop("Check the payment cycle"),
    "payments.approve": gettext_noop("Approve the payment cycle"),
    "payments.export": gettext_noop("Send the payment cycle"),
    "payments.settle": gettext_noop("Take in the bank's answer"),
    "payments.close": gettext_noop("Close the payment cycle"),
    "payments.correct": gettext_noop("Correct a payment that came back"),
    "payments.look": gettext_noop("Look at a file from the bank: something in it fits no payment"),
    "benefits.forward": gettext_noop("Forward to who decides"),
    "access.glass": gettext_noop("Review: a sealed record was opened"),
    "programmes.backdated": gettext_noop("Look again: the rules changed with effect in the past"),
    "pack.difference": gettext_noop("The pack and this installation differ"),
}
