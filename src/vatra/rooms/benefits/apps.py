from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.benefits"
    label = "benefits"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
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
