from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.audit"
    label = "audit"

    def ready(self) -> None:
        from vatra.foundation.upkeep.rounds import register_round

        register_round("audit.seal", every=timedelta(minutes=1), call="vatra.foundation.audit.tasks.seal_all")
