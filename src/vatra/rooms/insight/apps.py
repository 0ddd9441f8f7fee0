from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.insight"
    label = "insight"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "insight.series": "insight.IndicatorSeries",
            }
        )
        register_actions(
            {
                "insight.import": ("power", gettext_noop("Import measurements and boundaries")),
            }
        )
