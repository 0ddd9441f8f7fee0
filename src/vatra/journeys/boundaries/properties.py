"""What a feature says about itself, in the properties that files of boundaries use."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from vatra.foundation.places.geojson import Feature

# Properties in which files keep codes and names, the most telling first. Files of several levels number them (GADM,
# those of the humanitarian agencies): `levelled` adds the numbered ones.
CODES = ("code", "pcode", "shapeiso", "iso_3166_2", "iso3166_2", "iso", "code_hasc", "hasc", "ref", "siruta")
OPAQUE = ("shapeid", "id")  # tell features apart, and nothing else
NAMES = (
    "name", "shapename", "name_local", "name_en", "name_ar", "name_tr", "name_ro", "name_fr", "gn_name", "name_alt",
)  # fmt: skip
LEVEL_CODES = ("adm{n}_pcode", "admin{n}pcode", "adm{n}_code", "iso_{n}", "hasc_{n}", "gid_{n}")
LEVEL_NAMES = ("name_{n}", "adm{n}_name", "admin{n}name", "nl_name_{n}", "varname_{n}")
LEVEL_NAMES_IN = ("adm{n}_{language}", "admin{n}name_{language}", "adm{n}_name_{language}")
COUNTRIES = ("adm0_a3", "iso_a3", "iso_a2", "adm0_pcode", "gid_0", "shapegroup", "country_code", "country")
TYPES = ("type_en", "type", "shapetype", "level", "admin_level")
KINDS = {
    "county": "county", "judet": "county", "province": "province", "il": "province", "region": "region",
    "governorate": "governorate", "muhafazah": "governorate", "district": "district", "caza": "district",
    "municipality": "municipality", "commune": "commune", "adm1": "region", "adm2": "district",
}  # fmt: skip
LANGUAGES = ("en", "ar", "ro", "tr")


def key_of(name: str) -> str:
    """Properties are compared without case; “name:ar” is “name_ar”."""
    return re.sub(r"[\s:.\-/]+", "_", name.casefold())


def said(feature: Feature, names: Sequence[str]) -> dict[str, str]:
    """What a feature says under these properties, in their order; not what says nothing."""
    by_name = {key_of(key): value for key, value in feature.properties.items()}
    found = {name: by_name.get(key_of(name)) for name in names}
    texts = {name: str(value).strip()[:200] for name, value in found.items() if isinstance(value, str | int)}
    return {name: text for name, text in texts.items() if text}


def levelled(features: Sequence[Feature], patterns: Sequence[str]) -> list[str]:
    """Numbered properties of the smallest level that the file has: a district also says in which province it lies."""
    present = {key_of(key) for feature in features for key in feature.properties}
    for n in (4, 3, 2, 1):
        found = [name for pattern in patterns if (name := pattern.replace("{n}", str(n))) in present]
        if found:
            return found
    return []


def names_in(features: Sequence[Feature]) -> dict[str, str]:
    """Properties that hold names in a language: property → language."""
    found = {f"name_{language}": language for language in LANGUAGES}
    for language in LANGUAGES:
        patterns = [pattern.replace("{language}", language) for pattern in LEVEL_NAMES_IN]
        found |= dict.fromkeys(levelled(features, patterns), language)
    return found


def told_kind(features: Sequence[Feature]) -> str:
    """The kind of area that most features call themselves; regions, when they do not say."""
    words = [word.split("|")[0].casefold() for feature in features for word in said(feature, TYPES).values()]
    counts = Counter(KINDS[word] for word in words if word in KINDS)
    return counts.most_common(1)[0][0] if counts else "region"


def one_country(features: Sequence[Feature]) -> str:
    """The two letters of the country in which all features lie; nothing if they do not say, or differ."""
    found = {_country(feature) for feature in features} - {""}
    return found.pop() if len(found) == 1 else ""


def _country(feature: Feature) -> str:
    """Romania in `adm0_a3: ROU`, in `code_hasc: RO.DJ`, Lebanon in `shapeID: LBN-…`."""
    codes = said(feature, ("shapeid", "code_hasc")).values()
    aliases: dict[str, Any] = get_global("territory_aliases")
    for word in [*said(feature, COUNTRIES).values(), *(re.split(r"[.\-]", code)[0] for code in codes)]:
        short = aliases.get(word.upper(), [word.upper()])[0]
        if len(short) == 2 and territory(short, "en"):
            return short
    return ""


def territory(code: str, language: str) -> str:
    """What a country is called (Unicode CLDR); nothing for what is none."""
    try:
        return Locale.parse(language).territories.get(code.upper(), "")
    except (UnknownLocaleError, ValueError):
        return ""
