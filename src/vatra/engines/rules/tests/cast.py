"""One small catalogue and ruleset used by the tests of the engine."""

from datetime import date

from vatra.engines.rules import Catalogue, Unit, load_ruleset

CATALOGUE = Catalogue.from_dict(
    {
        "currencies": {"RON": {"exponent": 2}, "EUR": {"exponent": 2}},
        "calendar": {"rest_days": [5, 6], "holidays": ["2025-03-17"]},
        "programmes": ["other-aid", "home-heating-aid"],
        "facts": {
            "net_income": {"of": "person", "type": "money", "currency": "RON"},
            "savings": {"of": "person", "type": "money", "currency": "RON", "min": 0},
            "pension_abroad": {"of": "person", "type": "money", "currency": "EUR"},
            "birth_date": {"of": "person", "type": "date"},
            "disability_degree": {"of": "person", "type": "integer", "min": 0, "max": 100},
            "is_student": {"of": "person", "type": "boolean"},
            "care_share": {"of": "person", "type": "percentage"},
            "heating_fuel": {"of": "household", "type": "code", "codes": ["wood", "gas", "power"]},
            "rooms": {"of": "household", "type": "integer", "min": 1, "max": 50},
            "rent": {"of": "household", "type": "money", "currency": "RON", "min": 0},
            "area_m2": {"of": "household", "type": "number", "decimals": 1},
            "owns_home": {"of": "household", "type": "boolean"},
            "since": {"of": "household", "type": "date"},
        },
        "parameters": {
            "reference_indicator": {
                "type": "money",
                "values": {date(2020, 1, 1): {"value": "660.20 RON", "law": {"act": "Legea 76/2002"}}},
            }
        },
    }
)
ON = date(2025, 3, 15)

HEATING = """\
code: home-heating-aid
unit: family
decided_by: mayor
law: {act: "Legea 226/2021", url: "https://example.org"}
parameters:
  income_limit_per_member: {2021-11-01: 1386 RON}
  share: {schedule: [[200 RON, 100%], [320 RON, 90%], [1386 RON, 10%]]}
  reference_price: {2021-11-01: {table: {wood: 320 RON, gas: 250 RON, power: 500 RON}}}
derive:
  income_per_member: div(sum(member.net_income), count(member), 'half_up')
clauses:
  - {id: means, when: income_per_member <= :income_limit_per_member, because: {en: "Income is {income_per_member} each."}}
  - {id: need, when: "count(member where age < 6) >= 1 or any(disability_degree > 50)", because: {en: "A young child, or a disability."}}
amount: pct(scale(income_per_member, :share), :reference_price[heating_fuel], 'up')
period: month
"""


def wrapped(
    when: str = "true",
    amount: str | None = None,
    derive: str = "",
    parameters: str = "",
    unit: str = "household",
    more: str = "",
) -> str:
    """The smallest whole document round a formula."""
    lines = ["code: small", f"unit: {unit}", "law: {act: Act 1}"]
    if parameters:
        lines += ["parameters:", *("  " + line for line in parameters.strip().splitlines())]
    if derive:
        lines += ["derive:", *("  " + line for line in derive.strip().splitlines())]
    lines += ["clauses:", "  - id: only", f"    when: {when}", "    because: {en: So it is.}"]
    if amount:
        lines.append(f"amount: {amount}")
    if more:
        lines.append(more)
    return "\n".join(lines) + "\n"


def decide(
    when: str = "true",
    *,
    members: list | None = None,
    facts: dict | None = None,
    on: date = ON,
    has=None,
    **parts,
):
    """The outcome of a small document for a household of the given members' facts."""
    rows = [{"id": f"p{i}", "facts": f} for i, f in enumerate(members or [{}])]
    return load_ruleset(wrapped(when, **parts), CATALOGUE).determine(Unit(rows, facts), on=on, has=has)


def figure(formula: str, **given):
    """The value of a formula, as plain JSON."""
    return decide(derive=f"figure: {formula!r}" if '"' not in formula else f"figure: {formula}", **given).derived[
        "figure"
    ]
