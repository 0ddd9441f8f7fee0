"""How long pages take and how many queries they make, warm, with one user: `make bench-pages`.

Every address of the desk and of the public pages is asked in the demonstration town, each as the first of its people
who may see it, with a real record. A line of JSON for each page goes to bench/results/pages.jsonl; a page over its
limit (300 ms at the 95th percentile, 25 queries) makes the exit code 1.
"""

import argparse
import itertools
import json
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RESULTS = ROOT / "bench" / "results" / "pages.jsonl"
LIMIT_MS, LIMIT_QUERIES = 300.0, 25
WARM, ROUNDS = 3, 30


def prepare(households: int) -> list[dict[str, str]]:
    """The demonstration town: the one of VATRA_HOME if it is there, otherwise a small one of its own."""
    if not (Path(os.environ.get("VATRA_HOME", "var")) / "demo.json").exists():
        os.environ["VATRA_HOME"] = tempfile.mkdtemp(prefix="vatra-bench-")
    os.environ["VATRA_DEMO"] = "1"
    from vatra.portals.cli.start import django

    django()
    from django.conf import settings

    from vatra.portals.cli import demo, serve

    settings.ALLOWED_HOSTS.append("testserver")
    demo.begin(settings.VATRA.home)
    demo.migrate()
    built = demo.build(settings.VATRA.home, households=households, seed=demo.SEED)
    serve.prepare_static()
    return built["users"]  # type: ignore[return-value]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1)]


def first_reader(route: str, address: str, clients: dict[str, object]) -> str | None:
    """Who may see it: a stranger first, then the people in their order."""
    for username, client in clients.items():
        if client.get(address).status_code == 200:  # type: ignore[attr-defined]
            return username
    return None


def measure(address: str, client: object) -> dict[str, object]:
    from django.db import connection

    for _ in range(WARM):
        client.get(address)  # type: ignore[attr-defined]
    made: list[str] = []

    def count(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        made.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(address)  # type: ignore[attr-defined]
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        client.get(address)  # type: ignore[attr-defined]
        taken.append((time.perf_counter() - begun) * 1000)
    return {
        "queries": len(made),
        "bytes": len(answer.content) if not answer.streaming else None,
        "p50_ms": round(median(taken), 1),
        "p95_ms": round(percentile(taken, 0.95), 1),
    }


def codes() -> list[str]:
    """What a page of the town is called by: a plan, an indicator, programmes."""
    from vatra.rooms.insight.models import Indicator
    from vatra.rooms.policy.queries import plans
    from vatra.rooms.programmes.models import Programme

    held = Indicator.objects.filter(retired_on=None).values_list("code", flat=True)
    return [*(plan.code for plan in plans()), *held[:1], *Programme.objects.values_list("code", flat=True)]


def pages() -> dict[str, list[str]]:
    """Route → addresses with real records, the latest first."""
    from django.urls import get_resolver
    from tests.crawl.crawler import NOT_OURS, SAMPLES, Records, filled, patterns

    records, found, samples = Records(), {}, {**SAMPLES, "code": codes()}
    for route, converters in patterns(get_resolver().url_patterns):
        if not route.startswith(NOT_OURS):
            found[route] = list(itertools.islice(filled(route, converters, records, samples), 40))
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--households", type=int, default=1500)
    users = prepare(options.parse_args().households)
    from django.test import Client

    from vatra.foundation.access.models import User

    logging.disable(logging.ERROR)
    clients: dict[str, object] = {"a stranger": Client(raise_request_exception=False)}
    for user in users:
        clients[user["username"]] = client = Client(raise_request_exception=False)
        client.force_login(
            User.objects.get(username=user["username"]), "allauth.account.auth_backends.AuthenticationBackend"
        )
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    over, lines = [], []
    for route, addresses in pages().items():
        seen = next(((who, at) for at in addresses if (who := first_reader(route, at, clients))), None)
        if seen is None:
            print(f"      –     –  /{route}  (nobody gets this page with GET)")
            continue
        who, address = seen
        found = measure(address, clients[who])
        bad = found["p95_ms"] > LIMIT_MS or found["queries"] > LIMIT_QUERIES  # type: ignore[operator]
        print(
            f"{found['p95_ms']:>7} ms  {found['queries']:>3} q  /{route}  as {who}{'   OVER' if bad else ''}",
            flush=True,
        )
        over += [route] if bad else []
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        lines.append({"bench": "pages", "page": route, "as": who, **found, "at": moment, **machine})
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    print(
        f"{len(lines)} pages, {len(over)} over {LIMIT_MS:.0f} ms or {LIMIT_QUERIES} queries; {RESULTS.relative_to(ROOT)}"
    )
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
