from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.letters"
    label = "letters"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "letters.letter": "letters.Letter",
            }
        )
