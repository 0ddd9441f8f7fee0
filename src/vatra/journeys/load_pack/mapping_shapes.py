"""What may stand in a mapping of reports (`mappings/*.yaml`). docs/how-to/import-measurements.md says the same in words."""

from typing import Any

from vatra.foundation.bodies.models import BodyKind
from vatra.kernel.words import gettext_noop
from vatra.rooms.insight.mapping import LENGTHS, named_columns
from vatra.rooms.insight.models import Aggregation
from vatra.rooms.policy.commands import BELOW
from vatra.rooms.policy.models import NodeKind

from .reading import Fault, Said, Shape, choice, code, day, flag, listing, mapping, name, pattern, plain, record, words
from .shapes import AREA_KINDS

COLUMN = words
TITLES = mapping(name, keys=words)
LEVEL = record(
    {"kind": choice(*NodeKind.values), "title": COLUMN},
    {"code": COLUMN, "number": pattern, "drop": pattern, "optional": flag, "titles": TITLES},
)
BREAKDOWN = record(
    {"title": name},
    {
        "codes": mapping(record({"title": name}, {"words": listing(words)}), keys=words),
        "column": COLUMN,
        "pattern": pattern,
    },
)
AREA_LEVEL = record({"kind": choice(*AREA_KINDS)}, {"code": COLUMN, "name": COLUMN, "codes": mapping(code, keys=words)})


def one_or_more(of: Shape) -> Shape:
    """A single value, or a list of them."""
    many = listing(of)

    def read(reader, node):
        return many(reader, node) if node.id == "sequence" else of(reader, node)

    return read


MEASUREMENTS = record(
    {
        "kind": choice("measurements"),
        "code": code,
        "title": name,
        "language": code,
        "plan": record({"code": code, "title": name, "starts_on": day, "ends_on": day}, {"source": plain}),
        "areas": record({"levels": listing(AREA_LEVEL)}, {"pack": code, "within": code, "otherwise": code}),
        "columns": mapping(one_or_more(words)),
        "levels": listing(LEVEL),
        "indicator": record(
            {"code": one_or_more(COLUMN), "title": COLUMN}, {"unit": COLUMN, "number": pattern, "within": pattern}
        ),
        "period": record({"start": COLUMN}, {"end": COLUMN, "formats": listing(words), "length": choice(*LENGTHS)}),
        "value": COLUMN,
    },
    {
        "optional": listing(COLUMN),
        "encodings": listing(words),
        "missing": listing(words),
        "decimal": choice("auto", ".", ","),
        "key": listing(COLUMN),
        "breakdowns": mapping(BREAKDOWN),
        "aggregation": listing(record({"as": choice(*Aggregation.values)}, {"unit": pattern, "title": pattern})),
        "reporter": record({"name": one_or_more(COLUMN)}, {"kind": choice(*BodyKind.values)}),
        "keep": mapping(COLUMN),
        "repeated": choice("keep", "reject"),
        "sources": listing(words),
    },
)


def faults_of(said: Said) -> list[Fault]:
    """What does not agree within a mapping."""
    faults = []

    def fault(at: Said, sentence: str, **values: Any) -> None:
        line, column = at.place
        faults.append(Fault(said.file, line, column, sentence, values))

    for column in dict.fromkeys(named_columns(said)):
        if column not in said["columns"]:
            fault(said, gettext_noop("“%(name)s” is used but does not stand in “columns”."), name=column)
    above = ""
    for level in said["levels"]:
        if level["kind"] not in BELOW[above]:
            fault(level, gettext_noop("“%(kind)s” cannot stand there in a plan."), kind=level["kind"])
            break
        above = level["kind"]
    else:
        if "indicator" not in BELOW[above]:
            fault(said, gettext_noop("Indicators cannot hang below the last of these levels."))
    if said["plan"]["ends_on"] <= said["plan"]["starts_on"]:
        fault(said["plan"], gettext_noop("The plan ends before it begins."))
    for level in said["areas"]["levels"]:
        if "code" not in level and "name" not in level:
            fault(level, gettext_noop("Name the column of the place's code, or of its name."))
    if not said["areas"]["levels"]:
        fault(said["areas"], gettext_noop("Name at least one kind of place."))
    return faults
