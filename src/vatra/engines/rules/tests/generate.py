"""Random rulesets and populations for the differential test: every operator, aggregates, unknown facts."""

from datetime import date, timedelta
from random import Random

from vatra.engines.rules import Catalogue, Unit

CATALOGUE = Catalogue.from_dict(
    {
        "currencies": {"RON": {"exponent": 2}},
        "calendar": {"rest_days": [5, 6], "holidays": ["2025-06-09", "2025-12-25", "2024-05-01"]},
        "facts": {
            "income": {"of": "person", "type": "money", "currency": "RON"},
            "savings": {"of": "person", "type": "money", "currency": "RON", "min": 0, "max": 100000},
            "birth_date": {"of": "person", "type": "date"},
            "degree": {"of": "person", "type": "integer", "min": 0, "max": 100},
            "points": {"of": "person", "type": "integer"},
            "student": {"of": "person", "type": "boolean"},
            "head": {"of": "person", "type": "boolean"},
            "job": {"of": "person", "type": "code", "codes": ["none", "paid", "own"]},
            "share": {"of": "person", "type": "percentage"},
            "ratio": {"of": "person", "type": "number", "decimals": 3},
            "fuel": {"of": "household", "type": "code", "codes": ["wood", "gas", "power"]},
            "rooms": {"of": "household", "type": "integer", "min": 1, "max": 9},
            "rent": {"of": "household", "type": "money", "currency": "RON", "min": 0},
            "surface": {"of": "household", "type": "number", "decimals": 1},
            "owner": {"of": "household", "type": "boolean"},
            "since": {"of": "household", "type": "date"},
        },
    }
)
PARAMETERS = """\
  limit: {2020-01-01: 900 RON, 2025-01-01: 1100.50 RON}
  rate: 12.5%
  factor: 1.25
  least_age: 18
  share_of: {schedule: [[200 RON, 100%], [320 RON, 90%], [1386.07 RON, 10%]]}
  step_up: {thresholds: [[0, 1], [3, 5], [40, 9]]}
  tax: {marginal: [[0 RON, 3%], [500 RON, 10.5%], [900 RON, 33.3%]]}
  by_size: {table: {1: 100 RON, 2: 150 RON, 3+: 190 RON, else: 1 RON}}
  by_fuel: {table: {wood: 320 RON, gas: 250.55 RON, else: 7 RON}}
  two: {table: {wood: {1: 1 RON, 2+: 2 RON, else: 4 RON}, else: {1+: 3 RON, else: 5 RON}}}
"""
ON = date(2025, 6, 15)
MODES = ("half_up", "half_even", "up", "down")


class Formulas:
    """Well-typed random formulas of one level; `names` holds the derived figures so far, by (level, kind)."""

    def __init__(self, random: Random, certain: bool = False) -> None:
        self.r = random
        self.certain = certain  # nothing that can be unknown where every fact is known
        self.names: dict[tuple[str, str], list[str]] = {}

    def pick(self, *options):
        return self.r.choice(options)

    def any(self, kind: str, level: str, depth: int) -> str:
        return getattr(self, kind)(level, depth)

    def derived(self, kind: str, level: str) -> list[str]:
        own = self.names.get((level, kind), [])
        return own + ([f"unit.{n}" for n in self.names.get(("unit", kind), [])] if level == "member" else [])

    def mode(self) -> str:
        return f"'{self.r.choice(MODES)}'"

    def where(self, depth: int) -> str:
        return f" where {self.truth('member', depth - 1)}" if self.r.random() < 0.6 else ""

    def summary(self, kind: str, depth: int) -> str:
        value, where = self.any(kind, "member", depth - 1), self.where(depth)
        default = f", {self.any(kind, 'unit', 0)}" if where else ""
        how = self.r.randrange(5)
        if how < 2:
            return f"sum({value}{where})"
        if how == 2:
            return f"{self.pick('min', 'max')}({value}{where}{default})"
        if how == 3:
            return f"avg({value}{where}, {self.mode()}{default})"
        if self.certain:
            return f"sum({value}{where})"
        return f"only({value}{where}{default or ', ' + self.any(kind, 'unit', 0)})"

    def money(self, level: str, depth: int) -> str:
        fact = self.pick("income", "savings") if level == "member" else "rent"
        leaves = [
            fact,
            fact,
            f"{self.r.randrange(0, 2000)}.{self.r.randrange(100):02d} RON",
            ":limit",
            *self.derived("money", level),
        ]
        if level == "member":
            leaves.append("unit.rent")
        if depth <= 0:
            return self.r.choice(leaves)
        a, b = (lambda: self.money(level, depth - 1)), (lambda: self.money(level, depth - 1))
        options = [
            lambda: self.r.choice(leaves),
            lambda: f"({a()} {self.pick('+', '-')} {b()})",
            lambda: f"({a()} * {self.small(level)})",
            lambda: f"(- {a()})",
            lambda: f"div({a()}, greatest(1, {self.integer(level, depth - 1)}), {self.mode()})",
            lambda: f"div({a()}, {self.pick('3', '-7', '2.5', ':factor')}, {self.mode()})",
            lambda: (
                f"pct({self.pick(':rate', '33.3%', '0.125', 'scale(' + a() + ', :share_of)')}, {b()}, {self.mode()})"
            ),
            lambda: f"round({a()}, {self.pick('1 RON', '0.05 RON', '10 RON')}, {self.mode()})",
            lambda: f"{self.pick('greatest', 'least')}({a()}, {b()})",
            lambda: f"abs({a()})",
            lambda: f"scale({a()}, :tax, {self.mode()})",
            lambda: f"case when {self.truth(level, depth - 1)} then {a()} else {b()} end",
            lambda: (
                f"case when {self.truth(level, depth - 1)} then {a()} when {self.truth(level, depth - 1)} then {b()} else {a()} end"
            ),
            lambda: f":by_size[{self.small(level)}]",
            lambda: ":by_fuel[{}fuel]".format("unit." if level == "member" else ""),
            lambda: ":two[{}fuel, {}]".format("unit." if level == "member" else "", self.small(level)),
            lambda: self.summary("money", depth),
        ]
        return self.r.choice(options)()

    def small(self, level: str) -> str:
        """A whole number that stays small, for products and keys."""
        return self.pick(
            "2", "-3", "rooms" if level == "unit" else "degree", "count(member)", f"count(member{self.where(1)})"
        )

    def integer(self, level: str, depth: int) -> str:
        leaves = [str(self.r.randrange(-3, 60)), ":least_age", *self.derived("integer", level)]
        leaves += ["age", "degree", "points", "unit.rooms"] if level == "member" else ["rooms", "count(member)"]
        if depth <= 0:
            return self.r.choice(leaves)
        a, b = (lambda: self.integer(level, depth - 1)), (lambda: self.integer(level, depth - 1))
        day = lambda: self.day(level, depth - 1)  # noqa: E731
        options = [
            lambda: self.r.choice(leaves),
            lambda: f"({a()} {self.pick('+', '-')} {b()})",
            lambda: f"({a()} * {self.small(level)})",
            lambda: f"div({self.money(level, depth - 1)}, 7.35 RON, {self.mode()})",
            lambda: f"div({a()}, {self.pick('2', '-3')}, {self.mode()})",
            lambda: f"{self.pick('greatest', 'least')}({a()}, {b()})",
            lambda: f"scale({a()}, :step_up)",
            lambda: f"{self.pick('months_between', 'years_between', 'days_between')}({day()}, {day()})",
            lambda: f"{self.pick('year', 'month', 'day_of', 'age')}({day()})",
            lambda: f"case when {self.truth(level, depth - 1)} then {a()} else {b()} end",
            lambda: f"count(member where {self.truth('member', depth - 1)})",
            lambda: self.summary("integer", depth),
        ]
        return self.r.choice(options)()

    def number(self, level: str, depth: int) -> str:
        leaf = self.pick("ratio", "1.5", ":factor") if level == "member" else self.pick("surface", "0.25", ":factor")
        if depth <= 0:
            return leaf
        a, b = self.number(level, depth - 1), self.number(level, depth - 1)
        return self.pick(
            leaf,
            f"({a} + {b})",
            f"round({a} * {b}, 2, {self.mode()})",
            f"div({self.money(level, depth - 1)}, 3 RON, {self.mode()}, 2)",
            f"greatest({a}, {b})",
        )

    def day(self, level: str, depth: int) -> str:
        leaf = (
            self.pick("birth_date", "DATE '2024-02-29'", "on_date()")
            if level == "member"
            else self.pick("since", "on_date()")
        )
        if depth <= 0:
            return leaf
        a = self.day(level, depth - 1)
        return self.pick(
            leaf,
            f"add_months({a}, {self.small(level)})",
            f"add_days({a}, {self.r.randrange(-400, 400)})",
            f"{self.pick('month_start', 'month_end', 'quarter_start', 'year_start')}({a})",
            f"greatest({a}, {self.day(level, 0)})",
            "max(birth_date)",
            a if self.certain else f"next_working_day({a})",
            f"min(birth_date where {self.truth('member', depth - 1)}, DATE '2020-05-31')",
        )

    def truth(self, level: str, depth: int) -> str:
        sign = self.pick("<", "<=", ">", ">=", "=", "<>")
        leaves = ["student", "head", "job = 'paid'", "job in ('none', 'own')", "age < :least_age", "degree >= 50"]
        if level == "unit":
            leaves = [
                "owner",
                "fuel = 'gas'",
                "fuel not in ('wood')",
                "rooms between 2 and 4",
                "owner" if self.certain else "has('other')",
                "rent > 100 RON",
            ]
        leaves += [n for n in self.derived("truth", level)]
        if not self.certain:
            leaves.append(f"is_working_day({self.day(level, 0)})")
        if depth <= 0:
            return self.r.choice(leaves)
        a, b = (lambda: self.truth(level, depth - 1)), (lambda: self.truth(level, depth - 1))
        options = [
            lambda: self.r.choice(leaves),
            lambda: f"({a()} {self.pick('and', 'or')} {b()})",
            lambda: f"not ({a()})",
            lambda: f"{self.money(level, depth - 1)} {sign} {self.money(level, depth - 1)}",
            lambda: f"{self.integer(level, depth - 1)} {sign} {self.integer(level, depth - 1)}",
            lambda: f"{self.number(level, depth - 1)} {sign} {self.number(level, depth - 1)}",
            lambda: f"{self.day(level, depth - 1)} {sign} {self.day(level, depth - 1)}",
            lambda: f"case when {a()} then {b()} else {a()} end",
            lambda: f"{self.pick('any', 'all')}({self.truth('member', depth - 1)}{self.where(depth)})",
            lambda: f"any(member where {self.truth('member', depth - 1)})",
            lambda: f"count(member where {self.truth('member', depth - 1)}) {sign} {self.r.randrange(4)}",
            lambda: self.over_time(level, depth, sign),
        ]
        return self.r.choice(options)()

    def over_time(self, level: str, depth: int, sign: str) -> str:
        past = self.pick("sum(income + savings over last 3 months)", "sum(income over 2 months ago)")
        if level == "unit":
            past = self.pick("sum(avg(income over last 2 months))", "sum(sum(income over 1 quarter ago))")
        return f"{past} {sign} {self.money(level, depth - 1)}"


def ruleset(random: Random, certain: bool = False) -> str:
    """The text of a random ruleset."""
    f = Formulas(random, certain)
    home = random.choice(["unit", "unit", "member"])
    lines = [
        "code: generated",
        f"unit: {'person' if home == 'member' else 'household'}",
        "law: {act: A}",
        "parameters:",
        PARAMETERS.rstrip(),
        "derive:",
    ]
    for i in range(random.randrange(1, 6)):
        level, kind = random.choice(["unit", "member"]), random.choice(["money", "integer", "truth"])
        lines.append(f'  {level}.d{i}: "{f.any(kind, level, random.randrange(1, 4))}"')
        f.names.setdefault((level, kind), []).append(f"d{i}")
    lines.append("clauses:")
    for i in range(random.randrange(1, 4)):
        lines.append(f'  - {{id: c{i}, when: "{f.truth(home, random.randrange(1, 4))}", because: {{en: x}}}}')
    lines.append(f'amount: "{f.money(home, random.randrange(1, 4))}"')
    return "\n".join(lines) + "\n"


def unit(random: Random, holes: float) -> Unit:
    """A random household with unknown facts in a share `holes` of the places."""

    def maybe(value):
        return None if random.random() < holes else value

    def person(i: int) -> dict:
        born = ON - timedelta(days=random.randrange(-30, 33000))
        history = [
            (date(2025, m, 1), date(2025, m + 1, 1), maybe(random.randrange(-5000, 150000))) for m in range(2, 7)
        ]
        return {
            "income": random.choice([maybe(random.randrange(-5000, 200000)), history]),
            "savings": maybe(random.choice([0, random.randrange(100000)])),
            "birth_date": maybe(born),
            "degree": maybe(random.choice([0, 0, random.randrange(101)])),
            "points": maybe(random.randrange(-50, 50)),
            "student": maybe(random.random() < 0.5),
            "head": maybe(i == 0),
            "job": maybe(random.choice(["none", "paid", "own"])),
            "share": maybe(random.randrange(0, 100)),
            "ratio": maybe(random.randrange(-3, 3)),
        }

    members = [{"id": f"p{i}", "facts": person(i)} for i in range(random.choice([1, 1, 2, 3, 4, 7]))]
    facts = {
        "fuel": maybe(random.choice(["wood", "gas", "power"])),
        "rooms": maybe(random.randrange(1, 9)),
        "rent": maybe(random.randrange(0, 90000)),
        "surface": maybe(random.randrange(10, 200)),
        "owner": maybe(random.random() < 0.5),
        "since": maybe(ON - timedelta(days=random.randrange(9000))),
    }
    return Unit(members, facts)
