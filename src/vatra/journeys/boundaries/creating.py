"""Areas for features that no area answers to: from a pack at hand, else as the file says."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from vatra.engines.names import fold
from vatra.foundation.imports.commands import Reason
from vatra.foundation.places.commands import define_area
from vatra.foundation.places.geojson import Feature
from vatra.foundation.places.queries import known_codes
from vatra.kernel.actor import Actor

from ..pack_places import add_places, index_of_said, packs_with_places
from .matching import NAMELESS, TWICE, UNCLEAR, Matcher, Plan, known_country
from .properties import LANGUAGES, OPAQUE, names_in, one_country, said, territory, told_kind

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")


def from_a_pack(matcher: Matcher, packs: Path, *, actor: Actor, at: datetime) -> int:
    """Places of the pack that knows at least half of the features; returns how many were added."""
    before = matcher.index
    for _name, places in packs_with_places(packs):
        matcher.look_in(index_of_said(places))
        if 2 * len(matcher.plan().areas) >= len(matcher.features):
            return add_places(places=places, actor=actor, at=at)
    matcher.look_in(before)
    return 0


@transaction.atomic
def create_areas(
    plan: Plan, unknown: Sequence[Feature], matcher: Matcher, *, parent: str, actor: Actor, at: datetime
) -> None:
    """Areas named and coded as the file says, in `parent` or in their country."""
    above = parent or _country(matcher, plan, actor=actor, at=at)
    codes, refused = _own_codes(matcher, unknown, above)
    kind, languages = matcher.kind or told_kind(unknown), names_in(matcher.features)
    for feature in unknown:
        if feature.number in refused:
            plan.reasons[feature.number] = refused[feature.number]
            continue
        words, code = matcher.words(feature), codes[feature.number]
        also = [*words[1:], *said(feature, matcher.codes).values()]
        plan.areas[feature.number] = define_area(
            code=code, kind=kind, name=_names(feature, languages, words[0] if words else code), parent=above,
            also=[word for word in dict.fromkeys(also) if word != code][:20], actor=actor, at=at,
        )  # fmt: skip
        del plan.reasons[feature.number]
        plan.created += 1


def _names(feature: Feature, languages: Mapping[str, str], first: str) -> dict[str, str]:
    told = said(feature, list(languages))
    return {languages[key]: text for key, text in told.items()} or {"en": first}


Codes = tuple[dict[int, str], dict[int, Reason]]


def _own_codes(matcher: Matcher, unknown: Sequence[Feature], above: str) -> Codes:
    """A code for each feature: the first property that has a sound and different one for all (or the one that was
    told); else from the names. Why not, for a feature whose code another area has."""
    known = known_codes()
    for name in matcher.codes:
        found = {f.number: text for f in unknown for text in said(f, [name]).values() if CODE.fullmatch(text)}
        apart = len(found) == len(set(found.values())) == len(unknown) and not known & set(found.values())
        if matcher.told_code or (apart and name not in OPAQUE):
            return _once(matcher, unknown, found, known)
    first = {feature.number: words[0] for feature in unknown if (words := matcher.words(feature))}
    slugs = {number: f"{above}-{_slug(word)}".strip("-")[:64] for number, word in first.items()}
    return _once(matcher, unknown, slugs, known)


def _once(matcher: Matcher, unknown: Sequence[Feature], found: Mapping[int, str], known: set[str]) -> Codes:
    """Each code for the first feature that has it."""
    codes: dict[int, str] = {}
    reasons: dict[int, Reason] = {}
    taken: dict[str, int] = {}
    for feature in unknown:
        code, label = found.get(feature.number, ""), matcher.label(feature)
        if not code:
            reasons[feature.number] = Reason("area_nameless", NAMELESS)
        elif code in known:
            reasons[feature.number] = Reason("area_unclear", UNCLEAR, values={"name": label})
        elif code in taken:
            values = {"name": label, "code": code, "first": taken[code]}
            reasons[feature.number] = Reason("area_twice", TWICE, values=values)
        else:
            codes[feature.number] = code
            taken[code] = feature.number
    return codes, reasons


def _slug(name: str) -> str:
    """A name in plain letters; a digest where its script has none."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return plain or hashlib.sha256(fold(name).encode()).hexdigest()[:8]


def _country(matcher: Matcher, plan: Plan, *, actor: Actor, at: datetime) -> str:
    """The code of the country in which all features lie, created if it is not known; nothing if they do not say."""
    code, known = one_country(matcher.features), known_country(matcher.features, matcher.index)
    if known or not code:
        return known.code if known else ""
    names = {language: name for language in LANGUAGES if (name := territory(code, language))}
    define_area(code=code.lower(), kind="country", name=names or {"en": code}, actor=actor, at=at)
    plan.created += 1
    return code.lower()
