from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        from .rounds import register_round

        register_round("upkeep.clear", every=timedelta(days=1), call="vatra.foundation.upkeep.commands.clear")
