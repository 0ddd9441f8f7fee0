from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.files"
    label = "files"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "files.file": "files.StoredFile",
            }
        )
