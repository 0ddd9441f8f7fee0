from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.access"
    label = "access"

    def ready(self) -> None:
        from vatra.foundation.refs import register_kinds
        from vatra.foundation.upkeep.rounds import register_round
        from vatra.kernel.words import gettext_noop

        from .actions import register_actions

        register_kinds({"access.user": "access.User", "access.broken_glass": "access.BrokenGlass"})
        register_actions(
            {
                "access.break_glass": ("power", gettext_noop("Open a sealed record in an emergency")),
                "access.review_glass": ("power", gettext_noop("Review who opened sealed records in an emergency")),
            }
        )
        register_round(
            "access.forget_tries", every=timedelta(days=1), call="vatra.foundation.access.commands.forget_tries"
        )
