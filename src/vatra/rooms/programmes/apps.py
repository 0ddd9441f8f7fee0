from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.programmes"
    label = "programmes"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "programmes.programme": "programmes.Programme",
                "programmes.ruleset": "programmes.Ruleset",
            }
        )
        register_actions(
            {
                "programmes.view": ("view", gettext_noop("See programmes and their rules")),
                "programmes.draft": ("power", gettext_noop("Draft rules")),
                "programmes.publish": ("power", gettext_noop("Publish rules")),
            }
        )
