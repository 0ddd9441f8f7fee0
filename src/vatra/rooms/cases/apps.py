from django.apps import AppConfig


def declare_measures() -> None:
    from vatra.foundation.catalogue.measures import register_measure
    from vatra.kernel.words import gettext_noop

    at = "vatra.rooms.cases.measures."
    by_area = {"unit": "cases", "timing": "at_end", "grain": "household", "breakdowns": ("area",)}
    on_level = gettext_noop("Of the cases open on the last day, those that stood on this level of care then.")
    for level, title in (
        ("primary_prevention", gettext_noop("Open cases: primary prevention")),
        ("secondary_prevention", gettext_noop("Open cases: secondary prevention")),
        ("case_management", gettext_noop("Open cases: case management")),
        ("specialised", gettext_noop("Open cases: specialised services")),
        ("intensive", gettext_noop("Open cases: intensive services")),
    ):
        register_measure(f"cases.open_{level}", title, call=f"{at}on_{level}", about=on_level, **by_area)
    register_measure(
        "cases.reviews_on_time", gettext_noop("Reviews on time"), unit="reviews", kind="share", grain="household",
        breakdowns=("area",), call=at + "reviews_on_time",
        about=gettext_noop("Of the terms for reviews that ended in the month, the share that was met by its last day."),
    )  # fmt: skip
    register_measure(
        "cases.days_to_first_help", gettext_noop("Days to the first help of any kind"), unit="days", kind="mean",
        grain="household", breakdowns=("area",), call=at + "days_to_first_help",
        about=gettext_noop("Calendar days from a household's first contact to the first visit made, action done or benefit granted, on average over the households first helped in the month."),
    )  # fmt: skip
    register_measure(
        "cases.avoidable_separations", gettext_noop("Separations that could have been avoided"), unit="children",
        kind="share", call=at + "avoidable_separations",
        about=gettext_noop("Of the children separated from their families in cases closed in the month, the share whose separation could have been avoided."),
    )  # fmt: skip
    register_measure(
        "cases.prevented_separations", gettext_noop("Separations prevented"), unit="children",
        call=at + "prevented_separations",
        about=gettext_noop("Counts the children who stayed with, or came home to, their families, in cases closed in the month."),
    )  # fmt: skip


class Config(AppConfig):
    name = "vatra.rooms.cases"
    label = "cases"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "cases.case": "cases.Case",
                "cases.need": "cases.Need",
                "cases.goal": "cases.Goal",
                "cases.action": "cases.Action",
                "cases.visit": "cases.Visit",
                "cases.note": "cases.Note",
                "cases.review": "cases.Review",
                "cases.referral": "cases.Referral",
            }
        )
        register_actions(
            {
                "cases.view": ("view", gettext_noop("See cases")),
                "cases.work": ("work", gettext_noop("Open cases and work on them")),
                "cases.assign": ("power", gettext_noop("Give cases to another worker")),
                "cases.approve": ("power", gettext_noop("Approve plans, reviews and closures of cases")),
                "referrals.send": ("work", gettext_noop("Send people to services and follow what becomes of it")),
                "referrals.view": ("view", gettext_noop("Read the referrals that were sent to one's own organisation")),
                "referrals.answer": (
                    "work",
                    gettext_noop("Answer the referrals that were sent to one's own organisation"),
                ),
            }
        )

        from .referral_setup import declare

        declare()
        at = "vatra.rooms.cases.measures."
        register_measure(
            "cases.open", gettext_noop("Open cases"), unit="cases", timing="at_end", grain="household",
            breakdowns=("area",), call=at + "open_cases",
            about=gettext_noop("Counts the cases that are open at the end of the month."),
        )  # fmt: skip
        register_measure(
            "cases.needs_met", gettext_noop("Needs that were met"), unit="needs", kind="share", grain="household",
            breakdowns=("area",), call=at + "needs_met",
            about=gettext_noop("Of the needs that were answered in the month, the share that was met."),
        )  # fmt: skip
        declare_measures()
