"""Which kinds of record there are, so that a `Ref` can be followed and a dangling one found.

Foundation rooms point at any record by `Ref(kind, id)`; each room registers its kinds when Django starts.
"""

from django.apps import apps
from django.db import models

from vatra.kernel.ref import Ref

_KINDS: dict[str, str] = {}


class UnknownKind(LookupError):
    """No room registered this kind."""


def register_kinds(kinds: dict[str, str]) -> None:
    """`{"people.household": "people.Household"}`; the key goes into stored references and never changes."""
    for kind, label in kinds.items():
        if _KINDS.setdefault(kind, label) != label:
            raise ValueError(f"two models claim the kind {kind}")


def kinds() -> dict[str, str]:
    return dict(_KINDS)


def model_of(kind: str) -> type[models.Model]:
    if kind not in _KINDS:
        raise UnknownKind(kind)
    return apps.get_model(_KINDS[kind])


def ref(record: models.Model) -> Ref:
    """The reference of a record."""
    label = record._meta.label
    for kind, known in _KINDS.items():
        if known == label:
            return Ref(kind, record.pk)
    raise UnknownKind(label)
