from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.access"
    label = "access"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds({"access.user": "access.User"})
