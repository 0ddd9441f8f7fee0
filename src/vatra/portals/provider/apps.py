from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.portals.provider"
    label = "portal_provider"

    def ready(self) -> None:
        from vatra.look.navigation import register

        from .navigation import ENTRIES

        register(ENTRIES)
