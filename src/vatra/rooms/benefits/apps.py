from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.benefits"
    label = "benefits"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
        from vatra.foundation.refs import register_kinds
        from vatra.foundation.upkeep.rounds import register_round
        from vatra.kernel.words import gettext_noop

        register_round(
            "benefits.redetermine", every=timedelta(seconds=30), call="vatra.rooms.benefits.tasks.redetermine"
        )
        register_kinds(
            {
                "benefits.application": "benefits.Application",
                "benefits.determination": "benefits.Determination",
                "benefits.decision": "benefits.Decision",
                "benefits.forwarding": "benefits.Forwarding",
                "benefits.entitlement": "benefits.Entitlement",
                "benefits.monthly_list": "benefits.MonthlyList",
                "benefits.listed_change": "benefits.ListedChange",
                "benefits.certificate": "benefits.Certificate",
            }
        )
        register_actions(
            {
                "benefits.view": ("view", gettext_noop("See applications, determinations and decisions")),
                "benefits.apply": ("work", gettext_noop("Register applications and their papers")),
                "benefits.draft": ("power", gettext_noop("Draft decisions and forward applications")),
                "benefits.report": ("power", gettext_noop("Report drafts to the decision maker")),
                "benefits.countersign": ("power", gettext_noop("Countersign decisions")),
                "benefits.sign": ("power", gettext_noop("Sign and number decisions")),
                "benefits.deliver": ("work", gettext_noop("Record that a letter was delivered")),
                "benefits.certify": ("work", gettext_noop("Issue certificates")),
            }
        )
        at = "vatra.rooms.benefits.measures."
        register_measure(
            "benefits.applications", gettext_noop("Requests registered"), unit="requests", call=at + "applications",
            about=gettext_noop("Counts requests in the month in which they were registered, by whom they are for."),
        )  # fmt: skip
        register_measure(
            "benefits.granted", gettext_noop("Decisions that grant"), unit="decisions", kind="share",
            call=at + "granted",
            about=gettext_noop("Of the decisions signed in the month, the share that grants."),
        )  # fmt: skip
        register_measure(
            "benefits.days_to_decision", gettext_noop("Days from request to decision"), unit="days", kind="mean",
            call=at + "days_to_decision",
            about=gettext_noop("Calendar days from the registration of a request to the signature, on average over the decisions signed in the month."),
        )  # fmt: skip
        register_measure(
            "benefits.days_to_first_help", gettext_noop("Days to the first help"), unit="days", kind="mean",
            grain="household", breakdowns=("area",), call=at + "days_to_first_help",
            about=gettext_noop("Calendar days from a household's first contact to its first granting decision, on average over the households first helped in the month."),
        )  # fmt: skip
