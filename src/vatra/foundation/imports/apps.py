from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.imports"
    label = "imports"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "imports.import": "imports.Import",
            }
        )
