"""Only a room's commands write its models."""

import ast
import re
from functools import cache

import grimp
import pytest
from django.apps import apps

from .sources import DJANGO_FLOORS, Source, parsed, sources

QUERYSET_WRITES = {
    "create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create", "delete",
    "acreate", "abulk_create", "aupdate", "abulk_update", "aget_or_create", "aupdate_or_create", "adelete",
}  # fmt: skip
INSTANCE_WRITES = {"save", "delete", "asave", "adelete"}
SQL_WRITES = re.compile(r"^\s*(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|COPY\s+\S+.*FROM)", re.I)
# Files that may write although they are no commands, each with its reason.
ALLOWED = {
    "foundation/access/models.py": "the manager through which Django itself makes users; commands call it",
}
# Words whose .save()/.delete() writes no record.
NO_RECORDS = {"workbook", "book", "sheet", "image", "storage", "form", "session", "cache"}


def owners() -> dict[str, set[str]]:
    """Model name → places that own a model of this name."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        module = model.__module__.split(".")
        if module[0] == "vatra":
            found.setdefault(model.__name__, set()).add("/".join(module[1:3]))
    return found


def imported_from(source: Source) -> dict[str, str]:
    """Name in this module → the place whose models it came from."""
    names: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module and "models" in node.module.split("."):
            parts = node.module.split(".")
            outside = not node.level and parts[0] != "vatra"  # a model of another package: any command may write it
            place = source.place if node.level else "?" if outside else "/".join(parts[1:3])
            for alias in node.names:
                names[alias.asname or alias.name] = place
    return names


def manager_root(node: ast.expr) -> str | None:
    """`Person` of `Person.objects.filter(…).exclude(…)`, also of `models.Person.objects…`."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            if node.attr in {"objects", "_base_manager", "_default_manager"}:
                inner = node.value
                return (
                    inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else "?"
                )
            node = node.value
        else:
            return None


@cache
def serves_commands_only() -> frozenset[str]:
    """Modules that nobody but their own room's commands imports: they are part of them under another name."""
    graph = grimp.build_graph("vatra", cache_dir=None)
    found = set()
    for source in sources():
        module = ("vatra/" + source.path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        commands = "vatra." + source.place.replace("/", ".") + ".commands"
        importers = {name for name in graph.find_modules_that_directly_import(module) if ".tests" not in name}
        reads = source.inner.split("/")[0].removesuffix(".py") in {"queries", "models"}
        if importers and not reads and all(name == commands or name.startswith(commands + ".") for name in importers):
            found.add(source.path)
    return frozenset(found)


def is_command(source: Source) -> bool:
    named = source.inner == "commands.py" or source.inner.startswith("commands/")
    return named or source.path in serves_commands_only()


def last_word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_record(target: ast.expr, call: ast.Call) -> bool:
    """A record is saved by keywords; what takes a file or a name to be saved to is a picture or a book."""
    return last_word(target) not in NO_RECORDS and not call.args


def foreign_writes(source: Source, owned: dict[str, set[str]]) -> list[str]:
    """`path:line what`, for every write to a model by a module that is not a command of its owner."""
    wrong = []
    came_from = imported_from(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SQL_WRITES.match(node.value) and not is_command(source):
                wrong.append(f"{source.path}:{node.lineno} SQL that writes")
            continue
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        what, target = node.func.attr, node.func.value
        model = manager_root(target)
        if model is not None and what in QUERYSET_WRITES:
            places = {came_from[model]} if model in came_from else owned.get(model, {"?"})
            if not (is_command(source) and (source.place in places or places == {"?"})):
                wrong.append(f"{source.path}:{node.lineno} {model}.objects.{what}")
        elif model is None and what in INSTANCE_WRITES and not is_command(source) and is_record(target, node):
            wrong.append(f"{source.path}:{node.lineno} {ast.unparse(target)}.{what}")
    return wrong


def test_only_a_rooms_commands_write_its_models():
    owned = owners()
    wrong = [
        found
        for source in sources()
        if source.path.startswith(DJANGO_FLOORS) and source.path not in ALLOWED
        for found in foreign_writes(source, owned)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("portals/desk/views.py", "from vatra.rooms.people.models import Person\nPerson.objects.create(x=1)"),
        ("portals/desk/views.py", "person.save()"),
        ("portals/desk/views.py", "person.contacts.delete()"),
        ("journeys/x.py", "from vatra.rooms.people import models\nmodels.Person.objects.filter(a=1).update(b=2)"),
        ("rooms/people/queries.py", "from .models import Person\nPerson.objects.filter(a=1).exclude(b=2).delete()"),
        ("rooms/benefits/commands.py", "from vatra.rooms.people.models import Person\nPerson.objects.bulk_create([])"),
        ("rooms/benefits/queries.py", 'cursor.execute("UPDATE people_person SET name = 1")'),
    ],
)
def test_a_write_from_elsewhere_is_found(path, code):
    assert len(foreign_writes(parsed(path, code), owners())) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("rooms/people/commands.py", "from .models import Person\nPerson.objects.create(x=1)\nperson.save()"),
        ("rooms/people/commands/merge.py", "from vatra.rooms.people.models import Person\nPerson.objects.update(x=1)"),
        ("portals/desk/views.py", "values.update(x=1)\nmessages.create_all()"),
        ("portals/desk/views.py", "workbook.save(path)"),
    ],
)
def test_an_owner_may_write(path, code):
    assert foreign_writes(parsed(path, code), owners()) == []
