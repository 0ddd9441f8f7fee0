from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.bodies"
    label = "bodies"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "bodies.body": "bodies.Body",
            }
        )
