from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.intake"
    label = "intake"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "intake.contact": "intake.Contact",
                "intake.screening": "intake.Screening",
            }
        )
        register_actions(
            {
                "intake.screen": ("work", gettext_noop("Screen households and receive requests")),
                "intake.view": ("view", gettext_noop("See contacts at the window")),
            }
        )
