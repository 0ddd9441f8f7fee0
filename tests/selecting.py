"""Which tests to run: those that need the database, or only those that do not.

A plugin of pytest, loaded by the root conftest. `--only-database` is for the second run, on PostgreSQL;
`--no-database` is for `make quick`.
"""

import pytest

FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("vatra")
    group.addoption("--only-database", action="store_true", help="only tests that use the database")
    group.addoption("--no-database", action="store_true", help="only tests that do not use the database")


def uses_database(item: pytest.Item) -> bool:
    return bool(FIXTURES & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only, none = config.getoption("--only-database"), config.getoption("--no-database")
    if not only and not none:
        return
    kept = [item for item in items if uses_database(item) == only]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
