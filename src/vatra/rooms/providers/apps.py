from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.providers"
    label = "providers"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "providers.provider": "providers.Provider",
                "providers.service": "providers.Service",
            }
        )
        register_actions(
            {
                "providers.import": ("power", gettext_noop("Import registers of providers")),
                "providers.view": ("view", gettext_noop("See one's own services as their provider")),
                "providers.places": ("work", gettext_noop("Say how many places one's own services have")),
            }
        )
