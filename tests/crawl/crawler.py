"""Asks every address as everybody, and reads the bodies."""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from vatra.foundation import refs
from vatra.foundation.access import commands as access
from vatra.foundation.access.models import User

from .scene import GIVEN, Scene

# What stands in addresses besides identifiers, by the name of the parameter: a few sound values and a wrong one.
SAMPLES: dict[str, list[str]] = {
    "code": ["home-heating-aid", "nothing"],
    "programme": ["home-heating-aid", "nothing"],
    "kind": ["people.household"],
    "fact": ["net_income"],
    "node": ["B2", "nothing"],
    "step": [
        "see",
        "draft",
        "sign",
        "end",
        "accept",
        "approve",
        "resend",
        "accepted",
        "close",
        "told",
        "nothing",
    ],
    "token": ["nothing"],  # who holds a link asks with theirs
}
MOST_OF_ANY_KIND = 40  # more than there are kinds with records
# Addresses of the accounts package: they say a user's own name only, and one of them signs out.
NOT_OURS = ("accounts/",)


@dataclass(frozen=True)
class Leak:
    who: str
    address: str
    whose: str
    word: str

    def __str__(self) -> str:
        return f"{self.who} reads “{self.word}” of the {self.whose} file at {self.address}"


def patterns(entries: list, before: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every address as (`desk/household/{household_id}/`, converters)."""
    for entry in entries:
        route = before + _readable(entry)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, dict(_converters(entry))


def _readable(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern)
    for name, _converter in _converters(entry):
        for kind in ("uuid", "int", "str", "slug", "path"):
            route = route.replace(f"<{kind}:{name}>", "{" + name + "}").replace(f"<{name}>", "{" + name + "}")
    return route.replace("^", "").replace("$", "").replace("\\Z", "")


def _converters(entry: URLPattern | URLResolver) -> list[tuple[str, object]]:
    return list(getattr(entry.pattern, "converters", {}).items())


class Records:
    """The identifiers of all records, by kind, so that an address is asked with records of every kind it may mean."""

    def __init__(self) -> None:
        self.by_kind: dict[str, list[str]] = {}
        for kind in refs.kinds():
            ids = refs.model_of(kind)._default_manager.values_list("pk", flat=True)[:12]
            self.by_kind[kind] = [str(id) for id in ids]

    def for_parameter(self, name: str) -> list[str]:
        """`household_id` means households; a mere `id` may mean anything: one of each kind, and some more."""
        word = name.removesuffix("_id").removesuffix("_uuid")
        named = [ids for kind, ids in self.by_kind.items() if kind.rsplit(".", 1)[-1] == word]
        chosen = named or list(self.by_kind.values())
        turns = itertools.zip_longest(*chosen)  # one of each kind first
        found = [id for turn in turns for id in turn if id is not None]
        return found if named else found[:MOST_OF_ANY_KIND]


def filled(
    route: str, converters: dict[str, object], records: Records, samples: dict[str, list[str]] = SAMPLES
) -> Iterator[str]:
    """A route with every record that it could be asked for. A parameter nobody explained is an error."""
    values = []
    for name, converter in converters.items():
        if type(converter).__name__ == "UUIDConverter":
            values.append(records.for_parameter(name))
        elif type(converter).__name__ == "IntConverter":
            values.append(["1", "2"])
        elif name in samples:
            values.append(samples[name])
        else:
            raise LookupError(f"say in SAMPLES what {name} of {route} may be")
    for chosen in itertools.product(*values):
        yield "/" + route.format(**dict(zip(converters, chosen, strict=True)))


def addresses(urlconf: object = None, token: str = "") -> Iterator[str]:
    """Every address with every record; and, for who holds a signed link, with that."""
    records = Records()
    samples = {**SAMPLES, "token": [token]} if token else SAMPLES
    for route, converters in patterns(get_resolver(urlconf).url_patterns):
        if not route.startswith(NOT_OURS):
            yield from filled(route, converters, records, samples)


def bodies(client: Client, address: str, *, about_a_record: bool) -> Iterator[tuple[str, str]]:
    """(method and address, body) of whatever this address says: page, part, answers to a search, refusal."""
    first = client.get(address)
    yield f"GET {address}", said_by(first)
    if first.status_code == 200:  # what is closed to this reader need not be asked in every way
        yield f"GET {address} (part)", said_by(client.get(address, headers={"HX-Request": "true"}))
        if not about_a_record:  # lists and searches
            for given in GIVEN.values():
                yield f"GET {address}?q={given}", said_by(client.get(address, {"q": given}))
    with transaction.atomic():
        yield f"POST {address}", said_by(client.post(address, {}))
        transaction.set_rollback(True)


def said_by(answer: object) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())  # type: ignore[attr-defined]
    return unescape(headers + "\n" + body.decode(errors="replace"))


def crawl(scene: Scene, people: list[str | None], urlconf: object = None, only: str = "") -> tuple[list[Leak], int]:
    """Every leak that anybody meets, and how many bodies were read; `only` addresses that begin so."""
    leaks, read = [], 0
    everything = list(addresses(urlconf))
    limit, access.OPENINGS, access.WRONG_TRIES = (access.OPENINGS, access.WRONG_TRIES), 10**6, 10**6
    logging.disable(logging.ERROR)  # hundreds of refusals are what is wanted here
    try:
        for username in people:
            client = Client(raise_request_exception=False)
            if username in scene.tokens:  # nobody's account: only what the link opens
                everything_here = list(addresses(urlconf, scene.tokens[username]))
            else:
                everything_here = everything
            if username is not None and username not in scene.tokens:
                user = User.objects.get(username=username)
                client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            hidden = scene.forbidden(username)
            asked_for = [address for address in everything_here if address.startswith("/" + only)]
            said = (bodies(client, address, about_a_record="-" in address) for address in asked_for)
            for asked, body in itertools.chain.from_iterable(said):
                read += 1
                leaks += [
                    Leak(username or "a stranger", asked, whose, word)
                    for whose, words in hidden.items()
                    for word in words
                    if word in body
                ]
    finally:
        access.OPENINGS, access.WRONG_TRIES = limit
        logging.disable(logging.NOTSET)
    return leaks, read
