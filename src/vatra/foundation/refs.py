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


def pointing_models() -> list[type[models.Model]]:
    """Models that point at any record: those with the columns `ref_kind` and `ref_id`."""
    wanted = {"ref_kind", "ref_id"}
    return [model for model in apps.get_models() if wanted <= {field.name for field in model._meta.local_fields}]


def dangling(*, limit: int = 100) -> list[tuple[str, Ref]]:
    """References to records that do not exist, or of a kind that no room registered; (model, reference), at most
    `limit`. Two queries for each model and kind."""
    found: list[tuple[str, Ref]] = []
    for model in pointing_models():
        named = model._default_manager.exclude(ref_kind="").exclude(ref_id=None)
        for kind in named.order_by().values_list("ref_kind", flat=True).distinct():
            wrong = named.filter(ref_kind=kind)
            if kind in _KINDS:
                target = model_of(kind)._default_manager.filter(pk=models.OuterRef("ref_id"))
                wrong = wrong.filter(~models.Exists(target))
            for id in wrong.values_list("ref_id", flat=True)[: limit - len(found)]:
                found.append((model._meta.label, Ref(kind, id)))
            if len(found) >= limit:
                return found
    return found
