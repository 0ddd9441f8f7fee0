"""Which feature of a file is which area."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vatra.foundation.imports.commands import Reason
from vatra.foundation.places.geojson import Feature
from vatra.foundation.places.index import AreaIndex
from vatra.foundation.places.models import Area
from vatra.kernel.words import gettext_noop

from .properties import CODES, NAMES, one_country, said


@dataclass
class Plan:
    """What is to be drawn: an area per feature number, and the reason for every feature that is none."""

    areas: dict[int, Area] = field(default_factory=dict)
    reasons: dict[int, Reason] = field(default_factory=dict)
    created: int = 0


def known_country(features: Sequence[Feature], index: AreaIndex) -> Area | None:
    """The country in which all features lie, if they say it and it is among these areas."""
    code = one_country(features).casefold()
    for area in index.by_code.values():
        if code and area.kind == "country" and code in {word.casefold() for word in (area.code, *area.also)}:
            return area
    return None


class Matcher:
    """Which feature is which known area."""

    def __init__(self, features: Sequence[Feature], index: AreaIndex, *, kind: str, code: str, name: str) -> None:
        self.features, self.names = features, ((name,) if name else NAMES)
        self.codes = [known for known in ((code,) if code else CODES) if self._tells_apart(known)]
        self.wanted = kind
        self.look_in(index)

    def look_in(self, index: AreaIndex) -> None:
        """Match against these areas; only against those of the features' country, when it is among them."""
        country = known_country(self.features, index)
        self.index, self.below = index, country.path if country else ""
        self.kind = self.wanted or self._likely_kind()

    def _tells_apart(self, name: str) -> bool:
        """Whether a property is a code: every feature says something else there."""
        codes = [code for feature in self.features for code in said(feature, [name]).values()]
        return len(codes) == len(set(codes)) == len(self.features)

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
            if not found:
                sentence = gettext_noop("No area is called “%(name)s”.")
                plan.reasons[feature.number] = Reason("area_unknown", sentence, values={"name": label})
            elif self._unclear(feature, found):
                sentence = gettext_noop("“%(name)s” is the name of several areas; say with --code where the codes are.")
                plan.reasons[feature.number] = Reason("area_unclear", sentence, values={"name": label})
            elif found[0].code in taken:
                sentence = gettext_noop("“%(name)s” is the area “%(code)s”, as feature %(first)s is already.")
                values = {"name": label, "code": found[0].code, "first": taken[found[0].code]}
                plan.reasons[feature.number] = Reason("area_twice", sentence, values=values)
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
