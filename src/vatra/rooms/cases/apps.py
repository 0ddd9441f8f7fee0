from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.cases"
    label = "cases"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "cases.case": "cases.Case",
                "cases.need": "cases.Need",
                "cases.goal": "cases.Goal",
                "cases.action": "cases.Action",
                "cases.visit": "cases.Visit",
                "cases.note": "cases.Note",
                "cases.review": "cases.Review",
                "cases.referral": "cases.Referral",
            }
        )
        register_actions(
            {
                "cases.view": ("view", gettext_noop("See cases")),
                "cases.work": ("work", gettext_noop("Open cases and work on them")),
                "cases.assign": ("power", gettext_noop("Give cases to another worker")),
                "cases.approve": ("power", gettext_noop("Approve plans, reviews and closures of cases")),
                "referrals.send": ("work", gettext_noop("Send people to services and follow what becomes of it")),
                "referrals.view": ("view", gettext_noop("Read the referrals that were sent to one's own organisation")),
                "referrals.answer": (
                    "work",
                    gettext_noop("Answer the referrals that were sent to one's own organisation"),
                ),
            }
        )

        from .referral_setup import declare

        declare()
        at = "vatra.rooms.cases.measures."
        register_measure(
            "cases.open", gettext_noop("Open cases"), unit="cases", timing="at_end", grain="household",
            breakdowns=("area",), call=at + "open_cases",
            about=gettext_noop("Counts the cases that are open at the end of the month."),
        )  # fmt: skip
        register_measure(
            "cases.needs_met", gettext_noop("Needs that were met"), unit="needs", kind="share", grain="household",
            breakdowns=("area",), call=at + "needs_met",
            about=gettext_noop("Of the needs that were answered in the month, the share that was met."),
        )  # fmt: skip
