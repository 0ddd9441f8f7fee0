"""Bringing a pack into the database through the rooms' commands.

Each definition has a kind and a code. What the pack says is compared with what stands and with what this pack said
last time: unchanged, new, changed by the pack, or changed here. What was changed here is kept, and the difference
waits on the worklist of the pack's office.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vatra.engines.rules import load_ruleset
from vatra.foundation.access import commands as access
from vatra.foundation.access import queries as access_queries
from vatra.foundation.bodies import commands as bodies
from vatra.foundation.bodies import queries as bodies_queries
from vatra.foundation.catalogue import commands as catalogue
from vatra.foundation.catalogue import queries as catalogue_queries
from vatra.foundation.forms.commands import publish_form
from vatra.foundation.forms.models import FormVersion
from vatra.foundation.letters import commands as letters
from vatra.foundation.letters import queries as letters_queries
from vatra.foundation.places import commands as places
from vatra.foundation.places import queries as places_queries
from vatra.foundation.worklist.commands import open_item
from vatra.kernel.actor import Actor, system
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases import commands as cases
from vatra.rooms.cases import queries as cases_queries
from vatra.rooms.insight import commands as insight
from vatra.rooms.ledger import commands as ledger
from vatra.rooms.ledger import queries as ledger_queries
from vatra.rooms.policy import commands as policy
from vatra.rooms.policy import queries as policy_queries
from vatra.rooms.programmes import commands as programmes
from vatra.rooms.programmes import queries as programmes_queries

from .files import PackFiles, digest_of
from .items import Item, without
from .measured import measured_items


@dataclass
class Loaded:
    """What a load did, by kind; `kept` names what was changed here and therefore not overwritten."""

    pack: str
    version: str
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    kept: list[tuple[str, str]] = field(default_factory=list)
    retired: list[tuple[str, str]] = field(default_factory=list)

    def count(self, kind: str, outcome: str) -> None:
        of_kind = self.counts.setdefault(kind, {"created": 0, "updated": 0, "unchanged": 0, "kept": 0, "retired": 0})
        of_kind[outcome] += 1

    def as_json(self) -> dict[str, Any]:
        return {
            "pack": self.pack, "version": self.version, "counts": self.counts,
            "kept": [f"{kind} {code}" for kind, code in self.kept],
            "retired": [f"{kind} {code}" for kind, code in self.retired],
        }  # fmt: skip


def bare(said: Any) -> Any:
    """Without what says nothing, so that a definition and its pack compare alike."""
    if isinstance(said, dict):
        cleaned = {key: bare(value) for key, value in said.items()}
        return {
            key: value for key, value in cleaned.items() if value not in (None, "", False) and value not in ({}, [])
        }
    if isinstance(said, (list, tuple)):
        return [bare(value) for value in said]
    return said


@dataclass
class Loader:
    """One load of one pack, in the caller's transaction."""

    pack: PackFiles
    actor: Actor
    at: datetime
    today: date

    def run(self) -> Loaded:
        head = self.pack.head
        done = Loaded(head["code"], head["version"])
        self.by = {"actor": self.actor, "at": self.at}
        self.define_head()
        before = catalogue_queries.loaded_items(head["code"])
        seen = set()
        for item in self.items():
            seen.add((item.kind, item.code))
            known = before.get((item.kind, item.code))
            done.count(item.kind, self.bring(item, known.digest if known else "", done))
        self.bring_rules(before, seen, done)
        self.bring_forms(done)
        self.retire([key for key, item in before.items() if key not in seen and not item.dropped_in], done)
        return done

    def define_head(self) -> None:
        head = self.pack.head
        settings = {key: value for key, value in head.items() if key not in ("code", "version", "title")}
        settings["units"] = self.pack.units
        stands = catalogue_queries.definitions().pack
        if stands and (stands.digest, stands.version) == (self.pack.digest, head["version"]):
            return
        catalogue.define_pack(
            code=head["code"], version=head["version"], title=head["title"], settings=settings,
            digest=self.pack.digest, **self.by,
        )  # fmt: skip

    def bring(self, item: Item, last_said: str, done: Loaded) -> str:
        """Write one definition if that overwrites nothing that was changed here. Returns what became of it."""
        says, stands = digest_of(bare(item.said)), item.stands()
        now = digest_of(bare(stands)) if stands is not None else ""
        if stands is not None and now == says:
            outcome = "unchanged"
        elif stands is None:
            item.write()
            outcome = "created"
        elif now == last_said:
            item.write()
            outcome = "updated"
        else:
            if says != last_said:  # the pack moved on as well: somebody must look at both
                self.tell(item, stands)
            done.kept.append((item.kind, item.code))
            outcome = "kept"
        if says != last_said:
            catalogue.note_pack_item(
                pack=self.pack.head["code"], kind=item.kind, code=item.code, digest=says,
                version=self.pack.head["version"],
            )  # fmt: skip
        return outcome

    def tell(self, item: Item, stands: dict[str, Any]) -> None:
        """Put the difference before whoever administers the pack's office."""
        office = bodies_queries.body(self.pack.head["office"])
        if office is None:
            return
        here, said = bare(stands), bare(item.said)
        differ = sorted(key for key in {*here, *said} if here.get(key) != said.get(key))
        open_item(
            key=f"pack.difference:{self.pack.head['code']}:{item.kind}:{item.code}", kind="pack.difference",
            ref=Ref("bodies.body", office.pk), office=office.pk, action="programmes.draft",
            values={
                "kind": item.kind, "code": item.code, "version": self.pack.head["version"], "fields": differ,
                "programme": item.code, "number": self.pack.head["version"],
            },
            at=self.at,
        )  # fmt: skip

    def bring_rules(self, before: dict[tuple[str, str], Any], seen: set[tuple[str, str]], done: Loaded) -> None:
        """Draft new rules as the pack's author, and publish them as whoever loads the pack: two, as the law asks.

        Rules that were written here since are kept: a pack never publishes over them.
        """
        author = system(f"pack {self.pack.head['code']} {self.pack.head['version']}")
        for found in self.pack.programmes:
            if not found.rules:
                continue
            code, says = found.said["code"], programmes.digest_of(found.rules)
            seen.add(("ruleset", code))
            known = before.get(("ruleset", code))
            programme = programmes_queries.programme(code)
            stands = [(r.digest, r.text) for r in programmes_queries.versions(programme)]
            if says in {digest for digest, _text in stands}:
                done.count("ruleset", "unchanged")
            elif stands and stands[0][0] != (known.digest if known else ""):
                done.kept.append(("ruleset", code))
                done.count("ruleset", "kept")
                if says != (known.digest if known else ""):
                    self.tell(Item("ruleset", code, {"rules": says}, dict, dict), {"rules": stands[0][0]})
            else:
                draft = programmes.draft_ruleset(
                    programme=programme, text=found.rules, cases=found.cases, actor=author, at=self.at
                )
                programmes.publish_ruleset(
                    ruleset=draft, effective_from=starts_on(found.rules), actor=self.actor, at=self.at, today=self.today
                )
                done.count("ruleset", "updated" if stands else "created")
            catalogue.note_pack_item(
                pack=self.pack.head["code"], kind="ruleset", code=code, digest=says, version=self.pack.head["version"]
            )

    def bring_forms(self, done: Loaded) -> None:
        """Each workbook is brought in by the way on which an officer brings one in; its file's name is its purpose."""
        for path in self.pack.forms:
            before = set(FormVersion.objects.values_list("pk", flat=True))
            version = publish_form(data=path.read_bytes(), purpose=path.stem, **self.by)
            done.count("form", "unchanged" if version.pk in before else "created")

    def retire(self, gone: list[tuple[str, str]], done: Loaded) -> None:
        """What the pack no longer has is retired where records can carry it, and never deleted."""
        retirers: dict[str, Callable[[str], object]] = {
            "area": lambda code: places.retire_area(code=code, on=self.today, **self.by),
            "body": lambda code: bodies.retire_body(code=code, on=self.today, **self.by),
            "code_list": lambda code: catalogue.retire_code_list(code=code, on=self.today, **self.by),
            "fact": lambda code: catalogue.retire_fact(code=code, on=self.today, **self.by),
            "programme": lambda code: programmes.retire_programme(code=code, on=self.today, **self.by),
            "indicator": lambda code: insight.retire_indicator(code=code, on=self.today, **self.by),
            "condition": lambda code: insight.retire_condition(code=code, on=self.today, **self.by),
            "case_type": lambda code: cases.retire_case_type(code=code, on=self.today, **self.by),
        }
        for kind, code in gone:
            if kind in retirers:
                retirers[kind](code)
                done.retired.append((kind, code))
                done.count(kind, "retired")
            catalogue.drop_pack_item(
                pack=self.pack.head["code"], kind=kind, code=code, version=self.pack.head["version"]
            )

    # --- what the pack says, in an order in which everything named stands already ---------------------------------

    def items(self) -> Iterator[Item]:
        yield from self.area_items()
        yield from self.body_items()
        yield from self.role_items()
        yield from self.fund_items()
        yield from self.definition_items()
        yield from self.plan_items()
        yield from self.programme_items()
        yield from self.case_type_items()
        yield from measured_items(self.pack, self.by)
        yield from self.letter_items()

    def area_items(self) -> Iterator[Item]:
        for said in self.pack.areas:
            code = said["code"]
            degrees = _degrees(said)
            rest = without(said, "code") | {key: format(value, "f") for key, value in degrees.items()}
            yield Item(
                "area", code, rest, lambda code=code: places_queries.described(code),
                lambda code=code, rest=rest | degrees: places.define_area(code=code, **rest, **self.by),
            )  # fmt: skip

    def body_items(self) -> Iterator[Item]:
        for said in self.pack.bodies:
            code, rest = said["code"], without(said, "code")
            yield Item(
                "body", code, rest, lambda code=code: bodies_queries.described(code),
                lambda code=code, rest=rest: bodies.define_body(code=code, **rest, **self.by),
            )  # fmt: skip

    def role_items(self) -> Iterator[Item]:
        for said in self.pack.roles:
            code, rest = said["code"], {"incompatible_with": [], **without(said, "code")}
            yield Item(
                "role", code, rest, lambda code=code: access_queries.described_role(code),
                lambda code=code, rest=rest: access.define_role(code=code, **rest, **self.by),
            )  # fmt: skip

    def fund_items(self) -> Iterator[Item]:
        for said in self.pack.funds:
            code, rest = said["code"], {"ask": {}, "bank": {}, **without(said, "code")}
            yield Item(
                "fund", code, rest, lambda code=code: ledger_queries.described_fund(code),
                lambda code=code, rest=rest: ledger.open_fund(code=code, **rest, **self.by),
            )  # fmt: skip

    def definition_items(self) -> Iterator[Item]:
        for said in self.pack.code_lists:
            code = said["code"]
            rest = {"title": said["title"], "codes": [{"parent": "", "extra": {}, **row} for row in said["codes"]]}
            yield Item(
                "code_list", code, rest, lambda code=code: catalogue_queries.described("code_list", code),
                lambda code=code, rest=rest: catalogue.define_code_list(
                    code=code, **rest, today=self.today, **self.by
                ),
            )  # fmt: skip
        for order, said in enumerate(self.pack.facts, start=1):
            code, rest = said["code"], {**without(said, "code"), "order": order}
            yield Item(
                "fact", code, rest, lambda code=code: catalogue_queries.described("fact", code),
                lambda code=code, rest=rest: catalogue.define_fact(code=code, **rest, **self.by),
            )  # fmt: skip
        for code, document in self.pack.parameters.items():
            yield Item(
                "parameter", code, document, lambda code=code: catalogue_queries.described("parameter", code),
                lambda code=code, document=document: catalogue.define_parameter(
                    code=code, document=document, **self.by
                ),
            )  # fmt: skip

    def plan_items(self) -> Iterator[Item]:
        for said in self.pack.plans:
            plan, rest = said["code"], without(said, "code", "nodes", "stages")
            dated = {
                key: date.fromisoformat(rest[key]) for key in ("starts_on", "ends_on", "adopted_on") if key in rest
            }
            yield Item(
                "plan", plan, rest, lambda plan=plan: policy_queries.described_plan(plan),
                lambda plan=plan, rest={**rest, **dated}: policy.define_plan(code=plan, **rest, **self.by),
            )  # fmt: skip
            for order, node in enumerate(said["nodes"], start=1):
                code, of_node = node["code"], {**without(node, "code"), "order": order}
                yield Item(
                    "node", f"{plan}/{code}", of_node,
                    lambda plan=plan, code=code: policy_queries.described_node(plan, code),
                    lambda plan=plan, code=code, of_node=of_node: policy.define_node(
                        plan=plan, code=code, **of_node, **self.by
                    ),
                )  # fmt: skip

    def programme_items(self) -> Iterator[Item]:
        for order, found in enumerate(sorted(self.pack.programmes, key=lambda p: p.said["code"]), start=1):
            said = found.said
            code = said["code"]
            rest = {
                **without(said, "code", "serves", "appeal", "notes", "pays", "papers", "terms"),
                "papers": said.get("papers", []), "terms": said.get("terms", {}), "order": said.get("order", 1000 + order),
                "extra": {key: said[key] for key in ("appeal", "notes", "pays") if key in said},
                "serves": sorted([s["plan"], s["node"]] for s in said["serves"]),
            }  # fmt: skip
            yield Item(
                "programme", code, rest, lambda code=code: programmes_queries.described(code),
                lambda code=code, rest=rest: programmes.define_programme(code=code, **rest, **self.by),
            )  # fmt: skip

    def case_type_items(self) -> Iterator[Item]:
        kept = ("code", "title", "summary", "level", "about", "sealed", "law", "order")
        for said in self.pack.case_types:
            code = said["code"]
            rest = {key: said[key] for key in kept[1:] if key in said} | {"definition": without(said, *kept)}
            yield Item(
                "case_type", code, rest, lambda code=code: cases_queries.described(code),
                lambda code=code, rest=rest: cases.define_case_type(code=code, **rest, **self.by),
            )  # fmt: skip

    def letter_items(self) -> Iterator[Item]:
        for code, (said, source) in self.pack.letters.items():
            rest = {"title": said["title"], "source": source, "texts": said["texts"]}
            yield Item(
                "letter", code, rest, lambda code=code: letters_queries.described(code),
                lambda code=code, rest=rest: letters.define_template(code=code, **rest, **self.by),
            )  # fmt: skip


def starts_on(rules: str) -> date:
    """From when rules are in force, as their own text says. The pack was checked: it does."""
    day = load_ruleset(rules, programmes_queries.rules_catalogue()).in_force[0]
    if day is None:
        raise Refused(
            "rules_without_day",
            gettext_noop("The rules do not say from when they are in force."),
            gettext_noop("Write “in_force: 2024-01-01” beside their code."),
        )
    return day


def _degrees(said: dict[str, Any]) -> dict[str, Decimal]:
    return {key: Decimal(said[key]).normalize() for key in ("latitude", "longitude") if key in said}
