"""What is said of a row that a register left wrong or incomplete: rejected for it, or kept and flagged."""

from vatra.kernel.words import gettext_noop

REJECTED = {
    "name_missing": gettext_noop("The service has no name."),
    "provider_missing": gettext_noop("The row names no provider."),
    "type_missing": gettext_noop("The row gives no type of service; choose one from the nomenclature."),
    "type_unknown": gettext_noop("“%(value)s” is no type of the nomenclature. Nearest: %(nearest)s."),
    "key_repeated": gettext_noop("The number %(value)s stands already in row %(first)s of this file."),
    "row_repeated": gettext_noop("The row has no number and repeats row %(first)s."),
    "too_many_cells": gettext_noop(
        "The row has %(surplus)s cells more than the header; a separator may stand inside a text without quotation marks."
    ),
    "too_long": gettext_noop("The text has %(length)s letters, at most %(limit)s fit."),
}

FLAGS = {
    "key_missing": gettext_noop("The row has no number; it is known again by its name, provider and place."),
    "row_short": gettext_noop("The row ends %(short)s cells early; what is missing counts as empty."),
    "type_respelt": gettext_noop("The type “%(value)s” was read as %(read)s."),
    "street_missing": gettext_noop("No street is given."),
    "street_number_date": gettext_noop("“%(value)s”: the house number looks as if a spreadsheet made it a date."),
    "locality_missing": gettext_noop("No locality is given."),
    "coordinates_missing": gettext_noop("No coordinates are given; the service is not on the map."),
    "coordinates_unreadable": gettext_noop(
        "The coordinates “%(value)s” cannot be read; the service is not on the map."
    ),
    "coordinates_outside": gettext_noop("The coordinates “%(value)s” lie outside the country; not shown on the map."),
    "coordinates_swapped": gettext_noop("Latitude and longitude stood in each other's place and were exchanged."),
    "phone_missing": gettext_noop("No phone is given."),
    "phone_zero_restored": gettext_noop("The phone had lost its leading zero; it is %(read)s."),
    "phone_incomplete": gettext_noop("The phone “%(value)s” has not the usual number of digits; kept as it is."),
    "email_unreadable": gettext_noop("“%(value)s” is no e-mail address; kept as it is."),
    "email_accented": gettext_noop("“%(value)s” has letters that e-mail addresses seldom have; kept as it is."),
    "capacity_missing": gettext_noop("No capacity is given."),
    "capacity_unreadable": gettext_noop("The capacity “%(value)s” is no number of places; left empty."),
    "capacity_read": gettext_noop("The capacity “%(value)s” was read as %(read)s places."),
    "group_missing": gettext_noop("No group of people is given."),
    "group_unknown": gettext_noop("“%(value)s” is no group that the pack knows; kept as it is."),
    "form_unknown": gettext_noop("“%(value)s” is no form of organisation that the pack knows; left empty."),
    "looks_repeated": gettext_noop(
        "Same name, provider, place and type as row %(first)s; kept as a service of its own."
    ),
}

SENTENCES = REJECTED | FLAGS
