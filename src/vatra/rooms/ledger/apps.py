from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.ledger"
    label = "ledger"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds({"ledger.fund": "ledger.Fund", "ledger.entry": "ledger.Entry"})
        register_actions(
            {
                "ledger.view": ("view", gettext_noop("See funds, budgets and entries")),
                "ledger.budget": ("power", gettext_noop("Adopt budgets and reverse entries")),
            }
        )
