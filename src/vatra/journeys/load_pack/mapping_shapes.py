"""What may stand in a mapping of reports (`mappings/*.yaml`). docs/how-to/import-measurements.md says the same in words."""

from vatra.foundation.bodies.models import BodyKind
from vatra.rooms.insight.mapping import LENGTHS
from vatra.rooms.insight.models import Aggregation
from vatra.rooms.policy.models import NodeKind

from .reading import Shape, choice, code, day, flag, listing, mapping, name, pattern, plain, record, words
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
        "areas": record({"levels": listing(AREA_LEVEL)}, {"pack": code, "within": code}),
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
