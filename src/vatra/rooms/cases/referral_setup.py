"""What this room declares of referrals when Django starts."""

from datetime import timedelta

from vatra.foundation.catalogue.measures import register_measure
from vatra.foundation.upkeep.rounds import register_round
from vatra.kernel.words import gettext_noop

from .duties import KINDS
from .reminders import ACTION, TERM, register_duties

ROOM = "vatra.rooms.cases"
MEASURES = f"{ROOM}.referral_measures"


def declare() -> None:
    register_round("cases.remind", every=timedelta(minutes=10), call=f"{ROOM}.reminders.remind")
    register_round("cases.consents", every=timedelta(minutes=1), call=f"{ROOM}.referral_rounds.follow_consents")
    register_duties("cases.referrals", call=f"{ROOM}.duties.of_referrals", kinds=KINDS)
    register_duties("cases.cases", call=f"{ROOM}.duties.of_cases", kinds=[TERM, ACTION])
    register_measure(
        "cases.referrals", gettext_noop("People sent to services"), unit="referrals", call=f"{MEASURES}.sent",
        about=gettext_noop("Counts referrals in the month in which they were sent, by whom they are about."),
    )  # fmt: skip
    register_measure(
        "cases.days_to_answer", gettext_noop("Days until a referral is answered"), unit="days", kind="mean",
        call=f"{MEASURES}.days_to_answer",
        about=gettext_noop("Calendar days from sending to the first yes or no, on average over the referrals answered in the month."),
    )  # fmt: skip
    register_measure(
        "cases.referrals_accepted", gettext_noop("Referrals accepted"), unit="referrals", kind="share",
        call=f"{MEASURES}.accepted",
        about=gettext_noop("Of the referrals answered in the month, the share that was not declined."),
    )  # fmt: skip
    register_measure(
        "cases.outcome_reached", gettext_noop("Referrals that reached what was wanted"), unit="referrals", kind="share",
        call=f"{MEASURES}.outcome_reached",
        about=gettext_noop("Of the referrals whose outcome became known in the month, the share that reached it, wholly or in part."),
    )  # fmt: skip
