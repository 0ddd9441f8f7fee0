"""Areas for features that no area answers to: from a pack at hand, else as the file says."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from vatra.engines.names import fold
from vatra.foundation.imports.commands import Reason
from vatra.foundation.places.commands import define_area
from vatra.foundation.places.geojson import Feature
from vatra.kernel.actor import Actor
from vatra.kernel.words import gettext_noop

from ..pack_places import add_places, index_of_said, packs_with_places
from .matching import Matcher, Plan, known_country
from .properties import LANGUAGES, OPAQUE, one_country, said, territory, told_kind

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
    codes = _own_codes(matcher, above)
    kind = matcher.kind or told_kind(unknown)
    for feature in unknown:
        words, code = matcher.words(feature), codes.get(feature.number, "")
        if not words or not code:
            sentence = gettext_noop("The feature has neither name nor code; say with --name and --code where they are.")
            plan.reasons[feature.number] = Reason("area_nameless", sentence)
            continue
        also = [*words[1:], *said(feature, matcher.codes).values()]
        plan.areas[feature.number] = define_area(
            code=code, kind=kind, name=_names(feature, words[0]), parent=above,
            also=[word for word in dict.fromkeys(also) if word != code][:20], actor=actor, at=at,
        )  # fmt: skip
        del plan.reasons[feature.number]
        plan.created += 1


def _names(feature: Feature, first: str) -> dict[str, str]:
    told = said(feature, [f"name_{language}" for language in LANGUAGES])
    return {key.removeprefix("name_"): text for key, text in told.items()} or {"en": first}


def _own_codes(matcher: Matcher, above: str) -> dict[int, str]:
    """A code for each feature: the first property that has a sound and different one for all; else from the names."""
    known = set(matcher.index.by_code)
    for name in matcher.codes:
        found = {f.number: text for f in matcher.features for text in said(f, [name]).values() if CODE.fullmatch(text)}
        if name not in OPAQUE and len(found) == len(matcher.features) and not known & set(found.values()):
            return found
    made: dict[int, str] = {}
    for feature in matcher.features:
        words = matcher.words(feature)
        code = f"{above}-{_slug(words[0])}".strip("-")[:64] if words else ""
        if code and code not in known and code not in made.values():
            made[feature.number] = code
    return made


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
