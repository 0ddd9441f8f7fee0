from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.insight"
    label = "insight"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.foundation.upkeep.rounds import register_round
        from vatra.kernel.words import gettext_noop

        at = "vatra.rooms.insight.tasks."
        register_round("insight.standings", every=timedelta(seconds=30), call=at + "keep_standings")
        register_round("insight.publish", every=timedelta(minutes=1), call=at + "publish")
        register_kinds(
            {
                "insight.series": "insight.IndicatorSeries",
                "insight.indicator": "insight.Indicator",
                "insight.standing": "insight.Standing",
            }
        )
        register_actions(
            {
                "insight.view": ("view", gettext_noop("See households at high risk that have no help")),
                "insight.import": ("power", gettext_noop("Import measurements and boundaries")),
            }
        )
