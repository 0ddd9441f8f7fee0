from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.docket"
    label = "docket"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "docket.entry": "docket.Entry",
                "docket.deadline": "docket.Deadline",
            }
        )
