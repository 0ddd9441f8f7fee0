"""The catalogue that written rules are checked against, from definitions wherever they come from."""

from collections.abc import Iterable, Mapping
from typing import Any

from vatra.engines.rules import Catalogue
from vatra.kernel.days import Calendar


def fact_for_rules(said: Mapping[str, Any], lists: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """A fact as the engine wants it; `said` has the keys of a fact in facts.yaml."""
    spec: dict[str, Any] = {"of": said["subject"], "type": said["type"], "title": said["title"]}
    spec["question"] = said.get("question") or {}
    if said.get("currency"):
        spec["currency"] = said["currency"]
    if said.get("code_list"):
        spec["codes"] = list(lists.get(said["code_list"], ()))
    if said.get("decimals") is not None:
        spec["decimals"] = said["decimals"]
    if said.get("formula"):
        spec["formula"] = said["formula"]
    return spec | dict(said.get("bounds") or {})


def catalogue_of(
    *, facts: Mapping[str, Mapping[str, Any]], lists: Mapping[str, Iterable[str]], parameters: Mapping[str, Any],
    currencies: Mapping[str, Any], programmes: Iterable[str], calendar: Calendar | None,
) -> Catalogue:  # fmt: skip
    """Raises Refused at the first fact or parameter that makes no sense."""
    return Catalogue.from_dict(
        {
            "facts": {code: fact_for_rules(said, lists) for code, said in facts.items()},
            "parameters": dict(parameters),
            "currencies": {code: {"exponent": int(c["exponent"])} for code, c in currencies.items()},
            "programmes": sorted(programmes),
            "calendar": calendar,
        }
    )
