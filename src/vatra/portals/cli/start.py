"""Starting Django inside a command, and the one shape of progress and results."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


def django() -> None:
    """Start Django once; commands that need the database call this first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatra.config.django")
    import django as framework
    from django.apps import apps

    if not apps.ready:
        framework.setup()


def say(text: str) -> None:
    """Progress and advice go to standard error: standard output belongs to the result."""
    click.echo(text, err=True)
    sys.stderr.flush()


def result(value: object) -> None:
    """The machine's answer of `--json`, alone on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what begins, and how long it took."""
    begun = time.monotonic()
    say(f"── {name} …")
    yield
    say(f"   done in {time.monotonic() - begun:.1f} s")
