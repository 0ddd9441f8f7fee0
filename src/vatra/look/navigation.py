"""The entries of the desk's navigation. Portals register theirs when Django starts; each is shown to who may use it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from vatra.foundation.access.queries import may
from vatra.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """`label` is English, marked with gettext_noop; `url` a URL name; `action` what the reader must hold.

    `count` gives the number beside the label; it costs its queries on every page, so one at most.
    """

    label: str
    url: str
    action: str
    order: int
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str
    here: bool
    count: int | None


_ENTRIES: dict[str, Entry] = {}


def register(entries: Sequence[Entry]) -> None:
    """Add entries; the same URL name twice is a mistake."""
    for entry in entries:
        if _ENTRIES.setdefault(entry.url, entry) != entry:
            raise ValueError(f"two navigation entries lead to {entry.url}")


def links(request: HttpRequest, actor: Actor) -> list[Link]:
    """What this actor may open, in order. The entry that shares the longest beginning with this address is here."""
    shown = [e for e in sorted(_ENTRIES.values(), key=lambda e: e.order) if may(actor, e.action)]
    addresses = {entry.url: reverse(entry.url) for entry in shown}
    starts = [address for address in addresses.values() if request.path.startswith(address)]
    here = max(starts, key=len, default="")
    return [
        Link(
            gettext(entry.label), addresses[entry.url], addresses[entry.url] == here,
            entry.count(actor) if entry.count else None,
        )
        for entry in shown
    ]  # fmt: skip
