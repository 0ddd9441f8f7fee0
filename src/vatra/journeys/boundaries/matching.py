"""Which feature of a file is which area."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vatra.engines.names import fold
from vatra.foundation.imports.commands import Reason
from vatra.foundation.places.geojson import Feature
from vatra.foundation.places.index import AreaIndex, keys
from vatra.foundation.places.models import Area
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .properties import (
    CODES,
    LANGUAGES,
    LEVEL_CODES,
    LEVEL_NAMES,
    NAMES,
    OPAQUE,
    key_of,
    levelled,
    names_in,
    one_country,
    said,
    territory,
)

UNCLEAR = gettext_noop("“%(name)s” is the name of several areas; say with --code where the codes are.")
TWICE = gettext_noop("“%(name)s” is the area “%(code)s”, as feature %(first)s is already.")
NAMELESS = gettext_noop("The feature has neither name nor code; say with --name and --code where they are.")


@dataclass
class Plan:
    """What is to be drawn: an area per feature number, and the reason for every feature that is none."""

    areas: dict[int, Area] = field(default_factory=dict)
    reasons: dict[int, Reason] = field(default_factory=dict)
    created: int = 0


def known_country(features: Sequence[Feature], index: AreaIndex) -> Area | None:
    """The country in which all features lie, if they say it and it is among these areas."""
    code = one_country(features)
    called = {fold(word) for word in (code, *(territory(code, language) for language in LANGUAGES)) if word}
    countries = (area for area in index.by_code.values() if area.kind == "country")
    return next((area for area in countries if called & {fold(area.code), *keys(area)}), None)


class Matcher:
    """Which feature is which known area."""

    def __init__(self, features: Sequence[Feature], index: AreaIndex, *, kind: str, code: str, name: str) -> None:
        """Refuses a property that no feature has."""
        self.features, self.wanted, self.told_code = features, kind, code
        for told in filter(None, (code, name)):
            self._check_property(told)
        numbered = levelled(features, LEVEL_CODES)
        self.codes = [code] if code else [p for p in (*CODES, *numbered, *OPAQUE) if self._tells_apart(p)]
        self.guessed = ""  # a property that was taken for the names, as no usual one holds any
        self.names = (name,) if name else (*NAMES, *levelled(features, LEVEL_NAMES), *names_in(features))
        if not any(said(feature, self.names) for feature in features):
            self.guessed = self._likely_names(index)
            self.names = (self.guessed,) if self.guessed else self.names
        self.look_in(index)

    def _check_property(self, name: str) -> None:
        present = list(dict.fromkeys(key for feature in self.features for key in feature.properties))
        if key_of(name) not in map(key_of, present):
            raise Refused(
                "no_such_property", gettext_noop("No feature has the property “%(name)s”."),
                gettext_noop("Choose one of: %(known)s."), name=name, known=", ".join(present)[:400] or "—",
            )  # fmt: skip

    def _likely_names(self, index: AreaIndex) -> str:
        """The property whose texts are most often names of known areas; else, of those that tell all features apart,
        the one with most letters: names have more of them than codes."""
        texts: dict[str, list[str]] = {}
        codes = set(map(key_of, self.codes))
        for feature in self.features:
            for key, value in feature.properties.items():
                if key_of(key) not in codes and isinstance(value, str) and any(letter.isalpha() for letter in value):
                    texts.setdefault(key, []).append(value)
        called = {key: sum(bool(index.named(text)) for text in found) for key, found in texts.items()}
        if any(called.values()):
            return max(called, key=lambda key: called[key])
        letters = {
            key: sum(letter.isalpha() for letter in "".join(found)) / len("".join(found))
            for key, found in texts.items()
            if len(set(found)) == len(self.features)
        }
        return max(letters, key=lambda key: letters[key], default="")

    def look_in(self, index: AreaIndex) -> None:
        """Match against these areas; only against those of the features' country, when it is among them."""
        country = known_country(self.features, index)
        if country is None and one_country(self.features) and any(a.kind == "country" for a in index.by_code.values()):
            index = AreaIndex()  # a “North” of another country is not theirs
        self.index, self.below = index, country.path if country else ""
        self.kind = self.wanted or self._likely_kind()

    def _tells_apart(self, name: str) -> bool:
        """Whether a property is a code: nearly every feature says something else there (one may be said twice)."""
        codes = {code for feature in self.features for code in said(feature, [name]).values()}
        return 10 * len(codes) >= 9 * len(self.features)

    def words(self, feature: Feature) -> list[str]:
        """Every name that a feature has; alternatives stand between bars."""
        names = [part for name in said(feature, self.names).values() for part in name.split("|")]
        return [word for word in dict.fromkeys(part.strip() for part in names) if word]

    def candidates(self, feature: Feature) -> list[Area]:
        """Areas that a feature may be, best first: by code, then by each of its names in turn."""
        codes = list(said(feature, self.codes).values())
        found = [area for code in codes if (area := self.index.code(code))]
        found += [area for word in [*codes, *self.words(feature)] for area in self.index.named(word)]
        return [area for area in found if area.path.startswith(self.below)]

    def _likely_kind(self) -> str:
        """The kind of which most features are known; the features of one file are of one kind."""
        counts: Counter[str] = Counter()
        for feature in self.features:
            counts.update({area.kind for area in self.candidates(feature)})
        return counts.most_common(1)[0][0] if counts else ""

    def plan(self) -> Plan:
        plan, taken = Plan(), {}
        for feature in self.features:
            if feature.fault[0]:
                plan.reasons[feature.number] = Reason(*feature.fault)
                continue
            found = [area for area in self.candidates(feature) if area.kind == self.kind]
            label = self.label(feature)
            if not self.words(feature) and not said(feature, self.codes):
                plan.reasons[feature.number] = Reason("area_nameless", NAMELESS)
            elif not found:
                sentence = gettext_noop("No area is called “%(name)s”.")
                plan.reasons[feature.number] = Reason("area_unknown", sentence, values={"name": label})
            elif self._unclear(feature, found):
                plan.reasons[feature.number] = Reason("area_unclear", UNCLEAR, values={"name": label})
            elif found[0].code in taken:
                values = {"name": label, "code": found[0].code, "first": taken[found[0].code]}
                plan.reasons[feature.number] = Reason("area_twice", TWICE, values=values)
            else:
                taken[found[0].code] = feature.number
                plan.areas[feature.number] = found[0]
        return plan

    def _unclear(self, feature: Feature, found: Sequence[Area]) -> bool:
        """Whether nothing but a name that several areas share says which it is."""
        if any(self.index.code(code) == found[0] for code in said(feature, self.codes).values()):
            return False
        alike = [self.index.named(word, kinds=[self.kind]) for word in self.words(feature)]
        meant = [[area for area in areas if area.path.startswith(self.below)] for areas in alike]
        return bool([areas for areas in meant if areas]) and min(len(areas) for areas in meant if areas) > 1

    def label(self, feature: Feature) -> str:
        return next(iter([*self.words(feature), *said(feature, self.codes).values()]), f"#{feature.number}")[:80]
