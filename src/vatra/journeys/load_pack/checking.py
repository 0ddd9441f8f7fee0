"""What must agree between the files of a pack; and its rules, checked and tried on their own cases."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vatra.foundation.access.actions import actions
from vatra.foundation.catalogue.holidays import calendar_of
from vatra.foundation.catalogue.measures import measures
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases.conditions import condition_names
from vatra.rooms.insight.commands.definitions import breakdowns_of
from vatra.rooms.people import iban
from vatra.rooms.policy.commands import BELOW
from vatra.rooms.policy.states import STAGE_MOVES, PolicyStage

from .files import PackFiles
from .reading import Fault, Said


def cross_check(pack: PackFiles) -> list[Fault]:
    """Names that point at nothing, and what cannot stand together. Asks no database."""
    checker = _Checker(pack)
    for check in (
        checker.head, checker.areas, checker.bodies, checker.roles, checker.funds, checker.facts, checker.units,
        checker.plans, checker.programmes, checker.case_types, checker.referrals, checker.stages, checker.indicators,
    ):  # fmt: skip
        check()
    return checker.faults


class _Checker:
    def __init__(self, pack: PackFiles) -> None:
        self.pack, self.faults = pack, []
        self.body_codes = {b.get("code") for b in pack.bodies}
        self.area_codes = {a.get("code") for a in pack.areas}
        self.fact_codes = {f.get("code") for f in pack.facts}
        self.lists = {c["code"]: {row["code"] for row in c["codes"]} for c in pack.code_lists}

    def fault(self, said: Said, sentence: str, **values: Any) -> None:
        line, column = said.place
        self.faults.append(Fault(said.file, line, column, sentence, values))

    def known(self, said: Said, name: Any, among: Iterable[Any], sentence: str) -> None:
        if name and name not in among:
            self.fault(said, sentence, code=name)

    def head(self) -> None:
        head = self.pack.head
        if not head:
            return
        if head["code"] != self.pack.folder.name:
            self.fault(
                head, gettext_noop("The pack's code “%(code)s” is not the name of its folder."), code=head["code"]
            )
        try:
            ZoneInfo(head["zone"])
        except (ZoneInfoNotFoundError, ValueError):
            self.fault(head, gettext_noop("The time zone “%(zone)s” is not known."), zone=head["zone"])
        self.known(
            head, head["currency"], head["currencies"], gettext_noop("The currency “%(code)s” is not described.")
        )
        for code, currency in head["currencies"].items():
            if not 0 <= currency["exponent"] <= 4 or currency["cash_step"] < 1:
                self.fault(
                    currency, gettext_noop("The currency “%(code)s” has an impossible exponent or step."), code=code
                )
        offices = {b.get("code") for b in self.pack.bodies if b.get("kind") == "office"}
        self.known(
            head, head["office"], offices, gettext_noop("The office “%(code)s” is not an office in bodies.yaml.")
        )
        self.known(head, head["area"], self.area_codes, gettext_noop("The place “%(code)s” is not in areas.yaml."))
        try:
            calendar_of(head["calendar"])
        except Refused as refusal:
            self.fault(head, refusal.sentence, **refusal.values)

    def areas(self) -> None:
        seen: set[str] = set()
        tiles: dict[tuple, str] = {}
        for area in self.pack.areas:
            self.known(area, area.get("parent"), seen, gettext_noop("The larger place “%(code)s” must stand above."))
            seen.add(area["code"])
            tile = area.get("tile")
            if tile is not None and len(tile) != 2:
                self.fault(area, gettext_noop("A tile is two whole numbers, [q, r]."))
            elif tile is not None:
                place = (area.get("parent"), *tile)
                if place in tiles:
                    self.fault(area, gettext_noop("“%(code)s” already has this tile."), code=tiles[place])
                tiles[place] = area["code"]

    def bodies(self) -> None:
        seen: set[str] = set()
        for body in self.pack.bodies:
            self.known(body, body.get("parent"), seen, gettext_noop("The larger body “%(code)s” must stand above."))
            self.known(
                body, body.get("area"), self.area_codes, gettext_noop("The place “%(code)s” is not in areas.yaml.")
            )
            seen.add(body["code"])

    def roles(self) -> None:
        names = {role.get("code") for role in self.pack.roles}
        for role in self.pack.roles:
            for action in role["actions"]:
                self.known(role, action, actions(), gettext_noop("No room knows the action “%(code)s”."))
            for other in role.get("incompatible_with", ()):
                self.known(role, other, names, gettext_noop("The role “%(code)s” is not in this file."))

    def funds(self) -> None:
        """A fund belongs to a body, is paid out by an office, from an account whose check digits fit."""
        offices = {b.get("code") for b in self.pack.bodies if b.get("kind") == "office"}
        for fund in self.pack.funds:
            self.known(fund, fund["body"], self.body_codes, gettext_noop("The body “%(code)s” is not known."))
            self.known(
                fund, fund["office"], offices, gettext_noop("The office “%(code)s” is not an office in bodies.yaml.")
            )
            self.known(
                fund, fund["currency"], self.pack.head.get("currencies", {}),
                gettext_noop("The currency “%(code)s” is not described."),
            )  # fmt: skip
            try:
                iban.checked(fund["bank"]["iban"]) if "bank" in fund else None
            except Refused as refusal:
                self.fault(fund["bank"], refusal.sentence, **refusal.values)

    def facts(self) -> None:
        currencies = self.pack.head.get("currencies", {})
        for fact in self.pack.facts:
            if (fact["type"] == "money") != ("currency" in fact) or (fact["type"] == "code") != ("code_list" in fact):
                self.fault(
                    fact,
                    gettext_noop(
                        "“%(code)s”: money has a currency, a code has a code_list, and nothing else has them."
                    ),
                    code=fact["code"],
                )
            self.known(
                fact, fact.get("currency"), currencies, gettext_noop("The currency “%(code)s” is not described.")
            )
            self.known(fact, fact.get("code_list"), self.lists, gettext_noop("There is no list “%(code)s” in codes."))
            if "formula" not in fact and "question" not in fact:
                self.fault(fact, gettext_noop("“%(code)s” needs the question by which it is asked."), code=fact["code"])

    def units(self) -> None:
        roles = self.lists.get("household_role", set())
        for unit in self.pack.units.values():
            rules = [*unit.get("dependants", ()), *unit.get("only", ())]
            for role in [*unit.get("core", ()), *(r for who in rules for r in who.get("role", ()))]:
                self.known(unit, role, roles, gettext_noop("“%(code)s” is not a code of the list household_role."))
            for who in rules:
                self.known(
                    unit, who.get("fact"), self.fact_codes, gettext_noop("The fact “%(code)s” is not in facts.yaml.")
                )
            for kin in [*unit.get("joined_by", ()), *unit.get("dependants_of", ())]:
                kinship = self.lists.get("kinship", set())
                self.known(unit, kin, kinship, gettext_noop("“%(code)s” is not a code of the list kinship."))

    def plans(self) -> None:
        for plan in self.pack.plans:
            self.known(plan, plan.get("adopted_by"), self.body_codes, gettext_noop("The body “%(code)s” is not known."))
            kinds: dict[str, str] = {"": ""}
            for node in plan["nodes"]:
                parent = node.get("parent", "")
                self.known(node, parent, kinds, gettext_noop("“%(code)s” must stand above in the same plan."))
                if parent in kinds and node["kind"] not in BELOW[kinds[parent]]:
                    self.fault(node, gettext_noop("“%(code)s” cannot stand there."), code=node["code"])
                kinds[node["code"]] = node["kind"]

    def stages(self) -> None:
        for plan in self.pack.plans:
            for before, after in pairwise(plan.get("stages", ())):
                if after["stage"] not in STAGE_MOVES[PolicyStage(before["stage"])]:
                    self.fault(after, gettext_noop("“%(code)s” cannot follow there."), code=after["stage"])
                if before.get("to") != after["from"]:
                    self.fault(after, gettext_noop("A stage begins on the day on which the one before it ends."))

    def indicators(self) -> None:
        nodes = {(p["code"], n["code"]) for p in self.pack.plans for n in p["nodes"]}
        conditions = {found.said["code"] for found in self.pack.conditions}
        for found in self.pack.conditions:
            if not found.rules:
                self.fault(found.said, gettext_noop("No rules stand beside “%(code)s”."), code=found.said["code"])
        for said in (one for file in self.pack.indicators for one in file["indicators"]):
            plan = next(file["plan"] for file in self.pack.indicators if said in file["indicators"])
            if (plan, said["node"]) not in nodes:
                self.fault(said, gettext_noop("“%(code)s” is not in that plan."), code=said["node"])
            if ("measure" in said) == ("condition" in said):
                self.fault(
                    said, gettext_noop("“%(code)s” needs a measure or a condition, not both."), code=said["code"]
                )
            self.known(said, said.get("measure"), measures(), gettext_noop("No room declares the measure “%(code)s”."))
            self.known(
                said, said.get("condition"), conditions, gettext_noop("The condition “%(code)s” is not in this pack.")
            )
            carried = (
                breakdowns_of(said["measure"], {})
                if said.get("measure") in measures()
                else breakdowns_of("", said.get("counted", {}))
            )
            for by in said.get("breakdowns", ()):
                self.known(said, by, carried, gettext_noop("It cannot be broken down by “%(code)s”."))

    def programmes(self) -> None:
        funds = {fund.get("code") for fund in self.pack.funds}
        nodes = {(p["code"], n["code"]) for p in self.pack.plans for n in p["nodes"]}
        for found in self.pack.programmes:
            said = found.said
            self.known(said, said["unit"], self.pack.units, gettext_noop("The unit “%(code)s” is not in units.yaml."))
            for duty in said["duties"].values():
                self.known(duty, duty["body"], self.body_codes, gettext_noop("The body “%(code)s” is not known."))
            fund = (said.get("pays") or {}).get("fund")
            self.known(said, fund, funds, gettext_noop("The fund “%(code)s” is not in funds.yaml."))
            for place in said["serves"]:
                if (place["plan"], place["node"]) not in nodes:
                    self.fault(place, gettext_noop("“%(code)s” is not in that plan."), code=place["node"])

    def case_types(self) -> None:
        forms = {path.stem for path in self.pack.forms}
        for said in self.pack.case_types:
            steps = {""}
            for step in said["steps"]:
                self.known(step, step.get("after"), steps, gettext_noop("The step “%(code)s” must stand above."))
                steps.add(step["code"])
            for closing in said.get("closing", ()):
                names = condition_names()
                self.known(closing, closing["holds"], names, gettext_noop("No room knows the condition “%(code)s”."))
            for form in said.get("forms", ()):
                self.known(said, form, forms, gettext_noop("There is no form “%(code)s” in the pack."))

    def referrals(self) -> None:
        """What a referral needs to be answered with; and needs that the list of needs has."""
        said = self.pack.head.get("referrals")
        if not said:
            return
        for need in said.get("needs", {}):
            self.known(
                said, need, self.lists.get("need", ()), gettext_noop("“%(code)s” is not a code of the list need.")
            )
        for name in ("referral_decline", "referral_outcome"):
            self.known(said, name, self.lists, gettext_noop("There is no list “%(code)s” in codes."))
