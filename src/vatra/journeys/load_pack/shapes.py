"""What may stand in each file of a pack. `docs/packs.md` says the same in words."""

from vatra.foundation.bodies.models import BodyKind
from vatra.foundation.catalogue.commands import SUBJECTS, TYPES
from vatra.foundation.catalogue.holidays import WEEKDAYS
from vatra.rooms.cases.definition import FULFILS
from vatra.rooms.cases.referral_states import TERM_OF
from vatra.rooms.cases.states import Risk
from vatra.rooms.insight.commands.definitions import BREAKDOWNS
from vatra.rooms.insight.models import Direction, SealedLevel
from vatra.rooms.policy.models import NodeKind, PaperKind
from vatra.rooms.policy.states import PolicyStage
from vatra.rooms.programmes.models import CareLevel

from .reading import (
    choice,
    code,
    day,
    decimal,
    flag,
    formula,
    integer,
    listing,
    mapping,
    name,
    only,
    plain,
    record,
    text,
    words,
)  # fmt: skip

REFERRAL_STEPS = list(TERM_OF.values())

LAW = record({"act": words}, {"article": words, "url": words, "note": text, "verified": flag})
TERM = record(
    {"days": integer, "counting": choice("calendar", "working"), "law": LAW},
    {"verified": flag, "starts": choice("registered", "complete", "decided", "communicated"), "note": text},
)

HOLIDAY = {"since": integer, "until": integer}
CALENDAR = record(
    {"rest_days": listing(choice(*WEEKDAYS))},
    {
        "fixed": listing(record({"day": words, "title": text}, HOLIDAY)),
        "movable": listing(record({"easter": choice("orthodox", "western"), "days": integer, "title": text}, HOLIDAY)),
        "announced": listing(record({"on": day, "title": text})),
        "law": LAW,
    },
)
STEP = record({"days": integer, "counting": choice("calendar", "working")}, {"law": LAW, "verified": flag})
# Referrals: terms by step, which kinds of service answer a need and stand on a level (`*` ends a beginning).
REFERRALS = record(
    {"terms": record({step: STEP for step in REFERRAL_STEPS})},
    {
        "link_days": integer,
        "needs": mapping(listing(words)),
        "levels": record({}, {level: listing(words) for level in CareLevel.values}),
    },
)
PACK = record(
    {
        "code": code,
        "version": words,
        "title": text,
        "zone": words,
        "languages": listing(code),
        "currency": code,
        "currencies": mapping(record({"exponent": integer, "cash_step": integer}, {"title": text, "symbol": text})),
        "calendar": CALENDAR,
        "office": code,
        "area": code,
    },
    {
        "deadlines": mapping(TERM),
        "retention": listing(record({"what": code, "years": integer, "title": text}, {"law": LAW, "verified": flag})),
        "letters": plain,
        "referrals": REFERRALS,
        "reminders": record({}, {"soon": integer, "head": integer}),
        "docket": record({"registers": listing(record({"code": code, "title": text}), unique="code")}),
        "sources": listing(words),
    },
)

# From large to small; countries differ in which of them they have.
AREA_KINDS = (
    "country", "region", "province", "governorate", "county", "district", "municipality", "town", "commune", "locality",
    "neighbourhood",
)  # fmt: skip

# Read first, to know the languages of every text: of the rest of pack.yaml nothing is asked here.
LANGUAGES = only("languages", listing(code))

AREAS = listing(
    record(
        {"code": code, "kind": choice(*AREA_KINDS), "name": name},
        {"parent": code, "tile": listing(integer), "latitude": decimal, "longitude": decimal, "also": listing(words)},
    ),
    unique="code",
)  # fmt: skip
BODIES = listing(
    record({"code": code, "kind": choice(*BodyKind.values), "name": text}, {"parent": code, "area": code}),
    unique="code",
)
ROLES = listing(
    record({"code": code, "title": text, "actions": listing(code)}, {"incompatible_with": listing(code)}),
    unique="code",
)
FUNDS = listing(
    record(
        {"code": code, "title": text, "body": code, "office": code, "currency": code},
        {
            "ask": text,
            "bank": record(
                {"iban": words},
                {
                    "name": words,
                    "bic": words,
                    "charset": choice("utf8", "latin"),
                    "service_level": code,
                    "charge_bearer": choice("DEBT", "CRED", "SHAR", "SLEV"),
                    "batch_booking": flag,
                    "remittance": words,
                },
            ),
        },
    ),
    unique="code",
)
CODE_LIST = record(
    {
        "code": code,
        "title": text,
        "codes": listing(record({"code": code, "title": text}, {"parent": code, "extra": plain}), unique="code"),
    },
    {"law": LAW, "sources": listing(words)},
)
FACTS = listing(
    record(
        {"code": code, "subject": choice(*SUBJECTS), "type": choice(*TYPES), "title": text},
        {
            "currency": code,
            "code_list": code,
            "decimals": integer,
            "bounds": record({}, {"min": words, "max": words}),
            "formula": formula,
            "question": text,
            "help": text,
            "fresh_days": integer,
            "sensitive": flag,
            "default": plain,
        },
    ),
    unique="code",
)
PARAMETERS = mapping(plain)

WHO = record({}, {"under": integer, "from": integer, "fact": code, "is": listing(code), "role": listing(code)})
UNITS = mapping(
    record(
        {"title": text, "members": choice("together", "alone", "grouped")},
        {
            "help": text,
            "nobody": text,
            "core": listing(code),
            "joined_by": listing(code),
            "dependants": listing(WHO),
            "dependants_of": listing(code),
            "only": listing(WHO),
            "applicant": listing(choice("self", "core", "parent", "guardian", "adult")),
            "law": LAW,
        },
    )
)

NODE = record({"code": code, "kind": choice(*NodeKind.values), "title": text}, {"parent": code, "extra": plain})
STAGE_PAPER = record({"kind": choice(*PaperKind.values), "title": text, "citation": words}, {"on": day, "note": words})
STAGE = record(
    {"stage": choice(*PolicyStage.values), "from": day}, {"to": day, "because": words, "papers": listing(STAGE_PAPER)}
)
PLAN = record(
    {"code": code, "title": text, "starts_on": day, "ends_on": day, "nodes": listing(NODE, unique="code")},
    {"adopted_on": day, "adopted_by": code, "source": plain, "stages": listing(STAGE)},
)

CONDITION = record({"code": code, "title": text, "about": text}, {"watched": flag})
COUNTED = record({"counts": choice("households", "people")}, {"without_help": flag, "of": choice("known", "holds")})
INDICATOR = record(
    {"code": code, "node": code, "title": text, "direction": choice(*Direction.values)},
    {
        "about": text,
        "measure": words,
        "condition": code,
        "counted": COUNTED,
        "breakdowns": listing(choice(*BREAKDOWNS)),
        "minimum": integer,
        "total_open": flag,
        "sealed": choice(*SealedLevel.values),
        "baseline": record({"value": decimal, "on": day}, {"source": words}),
        "target": record({"value": decimal, "on": day}, {"source": words}),
        "source": plain,
    },
)
INDICATORS = record({"plan": code, "indicators": listing(INDICATOR, unique="code")})

DUTY = record({"body": code}, {"as": text, "act": text, "note": text, "verified": flag})
DUTIES = ("receives", "verifies", "decides", "signs", "pays", "hears_appeals")
PAPER = record(
    {"code": code, "title": text, "kind": choice("original", "certified_copy", "register", "form")},
    {"when": formula, "law": LAW, "verified": flag, "valid_days": integer},
)
PROGRAMME = record(
    {
        "code": code,
        "kind": choice("benefit", "service", "project", "grant"),
        "title": text,
        "summary": text,
        "care_level": choice(*CareLevel.values),
        "unit": code,
        "duties": record({duty: DUTY for duty in DUTIES}),
        "law": LAW,
        "serves": listing(record({"plan": code, "node": code})),
    },
    {
        "order": integer,
        "papers": listing(PAPER, unique="code"),
        "terms": mapping(TERM),
        "appeal": listing(record({"title": text, "to": text, "term": TERM})),
        "notes": listing(record({"text": text}, {"verified": flag})),
        "pays": record({"fund": code, "by": choice("bank", "cash")}),
    },
)

STEP = record(
    {
        "code": code,
        "title": text,
        "done": choice(*FULFILS),
        "within": record({risk: record({"days": integer, "counting": choice("calendar", "working")}, {"verified": flag})
                          for risk in Risk.values}),
    },
    {"after": code, "repeats": flag, "law": LAW},
)  # fmt: skip
CASE_TYPE = record(
    {
        "code": code,
        "title": text,
        "summary": text,
        "level": choice(*CareLevel.values),
        "about": choice("household", "person"),
        "steps": listing(STEP, unique="code"),
        "outcomes": listing(
            record({"code": code, "title": text}, {"counts": choice("prevented", "necessary", "avoidable")}),
            unique="code",
        ),
    },
    {
        "order": integer,
        "law": LAW,
        "sealed": flag,
        "safety_plan": flag,
        "closing": listing(record({"holds": code}, {"within_days": integer})),
        "asks_on_level": record(
            {}, {level: listing(choice("alternative", "way_home")) for level in CareLevel.values}
        ),
        "forms": listing(code),
    },
)  # fmt: skip

LETTER = record({"title": text, "texts": mapping(mapping(words))})
