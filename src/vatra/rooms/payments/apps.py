from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.payments"
    label = "payments"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.foundation.upkeep.rounds import register_round
        from vatra.kernel.words import gettext_noop

        register_round("payments.go_on", every=timedelta(seconds=20), call="vatra.rooms.payments.tasks.go_on")
        register_kinds(
            {
                "payments.cycle": "payments.Cycle",
                "payments.instruction": "payments.Instruction",
                "payments.bank_file": "payments.BankFile",
                "payments.statement": "payments.Statement",
            }
        )
        register_actions(
            {
                "payments.view": ("view", gettext_noop("See payment cycles and instructions")),
                "payments.files": ("view", gettext_noop("Open files to and from the bank")),
                "payments.prepare": ("work", gettext_noop("Prepare, check and export payment cycles")),
                "payments.approve": ("power", gettext_noop("Approve payment cycles")),
                "payments.settle": ("work", gettext_noop("Settle payments, and correct what came back")),
            }
        )
