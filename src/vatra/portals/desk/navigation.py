"""The desk's navigation, in the order of a day's work. A page that has its own place in it adds its line here."""

from vatra.kernel.words import gettext_noop
from vatra.look.navigation import Entry

ENTRIES = [
    Entry(gettext_noop("Window"), "window", "people.view", order=10),
    Entry(gettext_noop("Register"), "register", "people.register", order=15),
    Entry(gettext_noop("Programmes"), "programmes", "programmes.view", order=60),
    Entry(gettext_noop("Without help"), "unhelped", "insight.view", order=25),
    Entry(gettext_noop("Policy"), "policy", "policy.view", order=70),
    Entry(gettext_noop("Cases"), "cases", "cases.view", order=25),
    Entry(gettext_noop("Referrals"), "referrals", "referrals.send", order=26),
    Entry(gettext_noop("Imports"), "imports", "imports.view", order=90),
    Entry(gettext_noop("My day"), "my_day", "benefits.view", order=20),
    Entry(gettext_noop("Applications"), "applications", "benefits.view", order=30),
    Entry(gettext_noop("Decisions"), "decisions", "benefits.view", order=40),
    Entry(gettext_noop("Forwarding"), "forwarding", "benefits.draft", order=50),
    Entry(gettext_noop("Monthly lists"), "monthly", "benefits.draft", order=52),
    Entry(gettext_noop("Payments"), "payments", "payments.view", order=54),
    Entry(gettext_noop("Budget"), "funds", "ledger.view", order=56),
]
