"""What the laws say of models: keys backward only, nothing deleted in passing, no floats for money, states tied."""

import ast
import importlib
from enum import Enum
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from vatra.kernel.moves import reachable

from .sources import ROOT, Source, parsed, sources
from .test_floors import CONTRACTS


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("vatra.")]


def places() -> dict[str, int]:
    """`foundation/audit` → its height in the house; equal heights may not know each other."""
    heights: dict[str, int] = {}
    for floor, contract in enumerate(("foundation", "rooms")):
        layers = next(found["layers"] for found in CONTRACTS if found["id"] == contract)
        for height, layer in enumerate(reversed(layers)):
            for name in layer.split("|"):
                heights[f"{contract}/{name.strip(' ()')}"] = floor * 100 + height
    return heights


def place_of(model: type[models.Model]) -> str:
    return "/".join(model.__module__.split(".")[1:3])


def forward(key: tuple[str, str], heights: dict[str, int]) -> bool:
    """Whether a key from one place to another looks ahead, or sideways."""
    here, there = key
    return here != there and heights[here] <= heights[there]


def test_keys_point_backward_only():
    """Strings in foreign keys hide from import-linter; this sees them."""
    heights = places()
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model.__module__.startswith("vatra.")
        and forward((place_of(model), place_of(field.related_model)), heights)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("rooms/benefits", "rooms/people"), False),
        (("rooms/people", "rooms/benefits"), True),
        (("rooms/people", "rooms/providers"), True),
        (("foundation/audit", "rooms/staff"), True),
        (("rooms/staff", "foundation/letters"), False),
    ],
)
def test_a_key_that_looks_ahead_is_found(key, expected):
    assert forward(key, places()) is expected


def unguarded(model: type[models.Model]) -> list[str]:
    """Keys that delete in passing, and ways back that another room could follow forward."""
    wrong = []
    for field in model._meta.get_fields():
        if not (field.is_relation and field.concrete):
            continue
        at_home = place_of(model) == place_of(field.related_model)
        if not field.many_to_many and field.remote_field.on_delete is not models.PROTECT:
            wrong.append(f"{model.__name__}.{field.name} does not protect")
        if not field.remote_field.hidden and not at_home:
            wrong.append(f"{model.__name__}.{field.name} has a way back")
    return wrong


def test_keys_protect_and_have_no_way_back():
    """Nothing is deleted in passing; a reverse accessor is a hidden forward import."""
    assert [wrong for model in own_models() for wrong in unguarded(model)] == []


def test_a_key_that_deletes_or_leads_back_is_found():
    class Planted(models.Model):
        person = models.ForeignKey("people.Person", on_delete=models.CASCADE)

        class Meta:
            app_label = "planted"

    try:
        assert unguarded(Planted) == ["Planted.person does not protect", "Planted.person has a way back"]
    finally:
        from vatra.rooms.people.models import Person

        del apps.all_models["planted"]
        apps.clear_cache()
        assert not any(field.name == "planted" for field in Person._meta.get_fields())


# --- money ----------------------------------------------------------------------------------------------------------


def floats_of(model: type[models.Model]) -> list[str]:
    """Float columns; and amounts that are no 64-bit integers."""
    wrong = [f.name for f in model._meta.local_fields if isinstance(f, models.FloatField)]
    for field in model._meta.local_fields:
        if field.name.endswith("minor") and not isinstance(field, models.BigIntegerField):
            wrong.append(field.name)
    return wrong


def test_no_column_holds_a_float_and_amounts_are_whole():
    assert {model.__name__: floats_of(model) for model in own_models() if floats_of(model)} == {}


def test_a_float_column_is_found():
    class Planted(models.Model):
        amount = models.FloatField()
        fee_minor = models.IntegerField()  # 32,767 families later this overflows

        class Meta:
            app_label = "planted"

    try:
        assert floats_of(Planted) == ["amount", "fee_minor"]
    finally:
        del apps.all_models["planted"]


# --- states ---------------------------------------------------------------------------------------------------------


def machines() -> list[tuple[str, type[Enum], dict]]:
    """Every move table of every `states.py`, with its enum."""
    found = []
    for source in sources():
        if not source.path.endswith("states.py"):
            continue
        module = importlib.import_module("vatra." + source.path.removesuffix(".py").replace("/", "."))
        for name, table in vars(module).items():
            if name.endswith("MOVES") and isinstance(table, dict):
                found.append((f"{source.path}:{name}", type(next(iter(table))), table))
    return found


def faults(states: type[Enum], moves: dict) -> list[str]:
    """States that no row names, that cannot be reached from the first, or moves to nowhere."""
    wrong = [f"{state} has no row" for state in states if state not in moves]
    wrong += [f"{state} is no state" for targets in moves.values() for state in targets if state not in set(states)]
    start = next(iter(states))
    wrong += [f"{state} cannot be reached" for state in states if state not in reachable(moves, start)]
    return wrong


def test_every_state_can_be_reached():
    tables = machines()
    assert len(tables) >= 3
    assert {name: faults(states, moves) for name, states, moves in tables if faults(states, moves)} == {}


def test_an_unreachable_state_is_found():
    class Planted(models.TextChoices):
        DRAFT = "draft"
        SIGNED = "signed"
        LOST = "lost"

    sound = {Planted.DRAFT: {Planted.SIGNED}, Planted.SIGNED: {Planted.LOST}, Planted.LOST: set()}
    assert faults(Planted, sound) == []
    assert faults(Planted, {**sound, Planted.SIGNED: set()}) == ["lost cannot be reached"]
    assert faults(Planted, {Planted.DRAFT: {Planted.SIGNED, Planted.LOST}, Planted.LOST: set()}) == [
        "signed has no row"
    ]


def states_set_past_the_table(source: Source) -> list[str]:
    """Assignments to `.state` in a module that never checks a move."""
    code = ast.dump(source.tree)
    if "check_move" in code:
        return []
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(part, ast.Attribute) and part.attr == "state"
    ]


def test_states_move_only_by_their_table():
    found = [
        line for source in sources() if source.path.startswith("rooms") for line in states_set_past_the_table(source)
    ]
    assert found == []


def test_a_state_set_past_the_table_is_found():
    planted = "def close(case):\n    case.state, case.closed_at = 'closed', 1\n"
    assert states_set_past_the_table(parsed("rooms/x/commands.py", planted)) == ["rooms/x/commands.py:2"]
    checked = planted.replace("    case", "    check_move(MOVES, source=1, target=2)\n    case", 1)
    assert states_set_past_the_table(parsed("rooms/x/commands.py", checked)) == []


# --- migrations -----------------------------------------------------------------------------------------------------


def live_imports(code: str) -> list[str]:
    """What a migration imports of Vatra's living code, which will have changed when it runs. Its defaults may."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and "vatra." in ast.unparse(node)
        and "vatra.kernel.ids" not in ast.unparse(node)
    ]


def migrations() -> list[Path]:
    return sorted((ROOT / "src" / "vatra").glob("*/*/migrations/0*.py"))


def test_migrations_import_no_living_code():
    assert len(migrations()) > 10
    found = {str(file): live_imports(file.read_text()) for file in migrations()}
    assert {
        file: wrong for file, wrong in found.items() if wrong and wrong != ["import vatra.foundation.access.models"]
    } == {}


def test_a_migration_with_living_code_is_found():
    assert live_imports("from vatra.rooms.people.commands import merge") != []
    assert live_imports("import vatra.kernel.ids") == []


def test_models_and_migrations_agree(db):
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())
