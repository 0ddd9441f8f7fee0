from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.people"
    label = "people"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.catalogue.measures import register_measure
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "people.person": "people.Person",
                "people.household": "people.Household",
                "people.consent": "people.Consent",
                "people.representation": "people.Representation",
                "people.payment_account": "people.PaymentAccount",
                "people.legal_hold": "people.LegalHold",
            }
        )
        register_actions(
            {
                "people.view": ("view", gettext_noop("See people and households")),
                "people.register": ("work", gettext_noop("Register people and households")),
                "people.record": ("work", gettext_noop("Record what is known about people")),
                "people.seal": ("power", gettext_noop("Seal and unseal records")),
                "people.erase": ("power", gettext_noop("Erase who a person is, or hold that for a court")),
                "people.trail": ("view", gettext_noop("See who opened a record")),
            }
        )
        register_measure(
            "people.households",
            gettext_noop("Households on the books"),
            unit="households", timing="at_end", grain="household", breakdowns=("area",),
            call="vatra.rooms.people.measures.households",
            about=gettext_noop("Counts the households that are registered and not closed at the end of the month."),
        )  # fmt: skip
