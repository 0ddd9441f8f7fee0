"""Choices of the desk's forms, from the pack's lists, in the reader's language."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language, gettext

from vatra.foundation.catalogue.queries import codes, definitions
from vatra.foundation.places.models import Area
from vatra.foundation.places.queries import areas
from vatra.look.reading import said
from vatra.rooms.people import lists

Choice = tuple[str, str]


def language() -> str:
    return (get_language() or "en").split("-")[0]


def of_list(code_list: str, fallback: Iterable[Choice] = ()) -> list[Choice]:
    """The codes of a list with their titles; the fallback where the pack brings no such list."""
    return [(row.code, said(row.title, language()).text) for row in codes(code_list)] or list(fallback)


def roles() -> list[Choice]:
    fallback = {"head": gettext("Reference person"), "spouse": gettext("Spouse"), "child": gettext("Child")}
    return of_list(lists.ROLE, [*fallback.items(), ("other", gettext("Other"))])


def sexes() -> list[Choice]:
    return of_list(lists.SEX, [("female", gettext("Female")), ("male", gettext("Male"))])


def identifier_kinds() -> list[Choice]:
    return of_list(lists.IDENTIFIER, [("other", gettext("Number"))])


def purposes() -> list[Choice]:
    return of_list(lists.PURPOSE, [("registration", gettext("Registration"))])


def bases() -> list[Choice]:
    return of_list(lists.BASIS, [("parent", gettext("Parent")), ("power_of_attorney", gettext("Power of attorney"))])


def languages() -> list[Choice]:
    return [("", gettext("Not known")), *settings.LANGUAGES]


def places() -> list[Choice]:
    """Where people live: the pack's own area and what lies in it, each with the places above it named first."""
    pack = definitions().pack
    within = str(pack.settings.get("area") or "") if pack else ""
    found = list(areas(within=within))
    names = {area.path: said(area.name, language()).text for area in found}
    return [("", gettext("Not known")), *((str(area.pk), _full(area, names)) for area in found)]


def _full(area: Area, names: dict[str, str]) -> str:
    """`Târnăveni, Centru`: a neighbourhood is called by its town, too."""
    parts = area.path.rstrip("/").split("/")
    above = [names.get("/".join(parts[:n]) + "/") for n in range(1, len(parts))]
    line = [*dict.fromkeys(name for name in above if name), names[area.path]]
    return ", ".join(dict.fromkeys(line[-2:] if area.kind == "neighbourhood" else line[-1:]))
