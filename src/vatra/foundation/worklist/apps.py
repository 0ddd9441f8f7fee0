from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.worklist"
    label = "worklist"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "worklist.item": "worklist.Item",
            }
        )
