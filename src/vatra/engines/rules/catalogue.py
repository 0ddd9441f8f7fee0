"""The facts, shared dated parameters, currencies and calendar that formulas may name."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from vatra.engines.rules.types import (
    DEFAULT_RANGE,
    INT64,
    KINDS,
    MAX_DECIMALS,
    BadValue,
    Type,
    money_type,
    read_date,
    read_literal,
    scaled,
)
from vatra.kernel.days import Calendar
from vatra.kernel.money import Money
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

PERSON, HOUSEHOLD = "person", "household"


@dataclass(frozen=True)
class FactType:
    """One fact of the catalogue. `low` and `high` bound its scaled value and are enforced when a value is read.

    `span` holds only the bounds the catalogue declares: an unknown value still lies between them.
    """

    name: str
    of: str
    type: Type
    low: int | None = None
    high: int | None = None
    span: tuple[int | None, int | None] | None = None
    formula: str | None = None
    title: AnyMapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    question: AnyMapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def read(self, value: Any) -> Any:
        """The scaled value the engine computes with. Raises Refused if it is not of the fact's type or bounds."""
        kind = self.type.kind
        try:
            got = self._convert(value, kind)
        except (BadValue, ValueError, TypeError):
            got = None
        if got is None:
            raise Refused(
                "wrong_value",
                _("“%(value)s” is not a value of the fact “%(fact)s” (%(type)s)."),
                _("Correct the value or the catalogue."),
                value=str(value)[:60],
                fact=self.name,
                type=str(self.type),
            )
        if self.low is not None and (got < self.low or got > self.high):
            raise Refused(
                "out_of_bounds",
                _("%(value)s is outside of what the fact “%(fact)s” may be."),
                _("Correct the value or widen the bounds in the catalogue."),
                value=str(value)[:60],
                fact=self.name,
            )
        return got

    def _convert(self, value: Any, kind: str) -> Any:
        if kind == "boolean":
            return value if isinstance(value, bool) else None
        if isinstance(value, bool):
            return None
        if kind == "money":
            if isinstance(value, Money):
                return value.minor if value.currency == self.type.currency else None
            if isinstance(value, str):
                type_, got = read_literal(value, {self.type.currency or "": self.type.scale})
                return got if type_ == self.type else None
            return value if isinstance(value, int) else None
        if kind == "integer":
            return value if isinstance(value, int) else None
        if kind in ("number", "percentage"):
            if isinstance(value, str):
                value = Decimal(value.removesuffix("%"))
            points = self.type.scale - (2 if kind == "percentage" else 0)
            return scaled(value, points) if isinstance(value, (int, Decimal)) else None
        if kind == "date":
            return value if isinstance(value, date) else read_date(str(value))
        if kind == "code":
            return value if value in (self.type.codes or ()) else None
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Catalogue:
    """Frozen: a changed catalogue is another catalogue, so compiled rulesets never see it move."""

    facts: dict[str, FactType]
    parameters: dict[str, Any]
    currencies: dict[str, int]
    programmes: frozenset[str] | None = None
    calendar: Calendar | None = None

    @cached_property
    def nothing_known(self) -> dict[str, dict[str, None]]:
        """Every fact of persons, and of households, as unknown: where reading a unit starts from."""
        return {of: {n: None for n, f in self.facts.items() if f.of == of} for of in (PERSON, HOUSEHOLD)}

    @classmethod
    def from_dict(cls, data: AnyMapping[str, Any]) -> "Catalogue":
        """Build from a pack's plain data. Raises Refused at the first fact or parameter that makes no sense."""
        currencies = {
            str(code): int(spec["exponent"] if isinstance(spec, AnyMapping) else spec)
            for code, spec in (data.get("currencies") or {}).items()
        }
        for code, exponent in currencies.items():
            if not 0 <= exponent <= 4:
                raise Refused("wrong_currency", _("The currency %(code)s has an impossible exponent."), code=code)
        facts = {str(n): _fact(str(n), spec, currencies) for n, spec in (data.get("facts") or {}).items()}
        facts = _with_age(facts)
        programmes = data.get("programmes")
        catalogue = cls(
            facts,
            {},
            currencies,
            frozenset(programmes) if programmes is not None else None,
            _calendar(data.get("calendar")),
        )
        from vatra.engines.rules.parameters import shared_parameters

        catalogue.parameters.update(shared_parameters(data.get("parameters") or {}, catalogue))
        return catalogue

    def extended(self, data: AnyMapping[str, Any]) -> "Catalogue":
        """Another catalogue with further facts and currencies, such as a ruleset brings along itself."""
        currencies = self.currencies | {
            str(code): int(spec["exponent"]) for code, spec in (data.get("currencies") or {}).items()
        }
        facts = {str(n): _fact(str(n), spec, currencies) for n, spec in (data.get("facts") or {}).items()}
        return Catalogue(
            _with_age({**self.facts, **facts}), self.parameters, currencies, self.programmes, self.calendar
        )

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _calendar(said: Any) -> Calendar | None:
    """Working days: a kernel Calendar, or {rest_days: [5, 6], holidays: [2025-01-01, …]} with Monday as 0."""
    if said is None or isinstance(said, Calendar):
        return said
    try:
        holidays = frozenset(d if isinstance(d, date) else date.fromisoformat(str(d)) for d in said["holidays"])
        return Calendar(frozenset(int(d) for d in said["rest_days"]), holidays)
    except (KeyError, TypeError, ValueError):
        raise Refused(
            "wrong_calendar",
            _("The calendar of the catalogue cannot be read."),
            _("Give rest_days (Monday is 0) and holidays."),
        ) from None


def _with_age(facts: dict[str, FactType]) -> dict[str, FactType]:
    """Who has a date of birth has an age, unless the catalogue has its own."""
    birth = facts.get("birth_date")
    if "age" not in facts and birth is not None and birth.of == PERSON and birth.type.kind == "date":
        facts["age"] = FactType("age", PERSON, Type("integer"), 0, 150, None, "age(birth_date)")
    return facts


def _fact(name: str, spec: AnyMapping[str, Any], currencies: dict[str, int]) -> FactType:
    def refuse(why: str) -> Refused:
        return Refused(
            "wrong_fact",
            _("The fact “%(fact)s” of the catalogue cannot be used: %(why)s."),
            _("Correct the catalogue of the pack."),
            fact=name,
            why=why,
        )

    if not name.isidentifier() or not name.isascii():
        raise refuse("its name must be plain letters, digits and _")
    kind, of = spec.get("type"), spec.get("of")
    if kind not in KINDS or of not in (PERSON, HOUSEHOLD):
        raise refuse("it needs a type and “of: person” or “of: household”")
    scale = 0
    if kind in ("number", "percentage"):
        scale = int(spec.get("decimals", 2)) + (2 if kind == "percentage" else 0)
        if not 0 <= scale <= MAX_DECIMALS:
            raise refuse(f"at most {MAX_DECIMALS} decimals")
    if kind == "money":
        if spec.get("currency") not in currencies:
            raise refuse(f"unknown currency {spec.get('currency')}")
        type_ = money_type(spec["currency"], currencies[spec["currency"]])
    elif kind == "code":
        codes = tuple(str(c) for c in spec.get("codes") or ())
        if not codes or not all(c.isascii() for c in codes):
            raise refuse("a code needs its list of codes, in plain letters")
        type_ = Type("code", codes=codes)
    else:
        type_ = Type(kind, scale=scale)
    fact = FactType(
        name,
        of,
        type_,
        formula=spec.get("formula"),
        title=spec.get("title") or {},
        question=spec.get("question") or {},
    )
    if not type_.numeric:
        return fact
    limit = DEFAULT_RANGE[kind] * (10**scale if kind != "money" else 1)
    limit = min(limit, INT64)
    free = FactType(name, of, type_)
    low = -limit if spec.get("min") is None else free.read(_bound(spec["min"]))
    high = limit if spec.get("max") is None else free.read(_bound(spec["max"]))
    if low > high or high > INT64 or low < -INT64:
        raise refuse("its min is above its max, or beyond every store")
    known = (low if spec.get("min") is not None else None, high if spec.get("max") is not None else None)
    span = None if known == (None, None) else known
    return FactType(name, of, type_, low, high, span, fact.formula, fact.title, fact.question)


def _bound(value: Any) -> Any:
    """A bound as written in YAML, or as plain data: `0`, `0 RON`, `12.5`."""
    if isinstance(value, float):
        return Decimal(str(value))
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value
