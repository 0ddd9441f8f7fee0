from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.portals.desk"
    label = "portal_desk"

    def ready(self) -> None:
        from vatra.look.navigation import register

        from .navigation import ENTRIES

        register(ENTRIES)
