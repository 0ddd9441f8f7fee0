from datetime import timedelta

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.payments"
    label = "payments"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
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
        here = "vatra.rooms.payments.measures"
        register_measure(
            "payments.paid", gettext_noop("Amount paid"), unit="money", kind="sum", call=f"{here}.paid",
            about=gettext_noop("The sum of the payments that arrived within the period and did not come back."),
        )  # fmt: skip
        register_measure(
            "payments.people_paid", gettext_noop("People paid"), unit="people", call=f"{here}.people_paid",
            about=gettext_noop("The people to whom at least one payment arrived within the period."),
        )  # fmt: skip
        register_measure(
            "payments.days_to_payment", gettext_noop("Days from decision to payment"), unit="days", kind="mean",
            call=f"{here}.days_to_payment",
            about=gettext_noop(
                "Calendar days from the signature of the decision to its first payment, for those that arrived within the period."
            ),
        )  # fmt: skip
        register_measure(
            "payments.on_time", gettext_noop("Share paid on time"), unit="payments", kind="share",
            call=f"{here}.on_time",
            about=gettext_noop(
                "Of the payments that arrived within the period, the share that did so at the first attempt and by the day ordered."
            ),
        )  # fmt: skip
        register_measure(
            "payments.returned", gettext_noop("Share returned"), unit="payments", kind="share",
            call=f"{here}.returned",
            about=gettext_noop("Of the payments that the bank answered within the period, the share that came back."),
        )  # fmt: skip
