from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.intake"
    label = "intake"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "intake.contact": "intake.Contact",
                "intake.screening": "intake.Screening",
            }
        )
        register_actions(
            {
                "intake.screen": ("work", gettext_noop("Screen households and receive requests")),
                "intake.view": ("view", gettext_noop("See contacts at the window")),
            }
        )
        at = "vatra.rooms.intake.measures."
        register_measure(
            "intake.contacts", gettext_noop("Contacts at the window"), unit="contacts", grain="household",
            breakdowns=("area",), call=at + "contacts",
            about=gettext_noop("Counts visits, calls and letters in the month in which they began."),
        )  # fmt: skip
        register_measure(
            "intake.helped", gettext_noop("Contacts that ended with advice, a request or a referral"), unit="contacts",
            kind="share", grain="household", breakdowns=("area",), call=at + "ended_with_something",
            about=gettext_noop("Of the contacts that began in the month and are closed, the share that ended with advice, a request or a referral."),
        )  # fmt: skip
        register_measure(
            "intake.screened", gettext_noop("Households screened"), unit="households", grain="household",
            breakdowns=("area",), call=at + "screened",
            about=gettext_noop("Counts the households that answered the first questions in the month, each once."),
        )  # fmt: skip
