from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.imports"
    label = "imports"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "imports.import": "imports.Import",
            }
        )
        register_actions(
            {
                "imports.view": ("view", gettext_noop("See what imports did, row by row")),
            }
        )
