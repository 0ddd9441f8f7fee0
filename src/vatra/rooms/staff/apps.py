from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.staff"
    label = "staff"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds

        register_kinds(
            {
                "staff.post": "staff.Post",
            }
        )
