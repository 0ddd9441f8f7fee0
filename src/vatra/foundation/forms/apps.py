from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.forms"
    label = "forms"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "forms.answers": "forms.Answers",
                "forms.version": "forms.FormVersion",
            }
        )
