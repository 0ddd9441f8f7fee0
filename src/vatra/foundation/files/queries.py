"""Reading files: whoever may see the record may see its files, and nobody else."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from vatra.foundation.access.reading import readable
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref

from .commands import path_of
from .models import StoredFile


class FileDamaged(RuntimeError):
    """What is on disk is not what was stored."""


@dataclass(frozen=True, slots=True)
class Content:
    name: str
    content_type: str
    content: bytes


def open_file(file: UUID, *, actor: Actor) -> Content:
    """The content of a file of a record that the actor may see.

    Raises DoesNotExist when they may not, NoGrant when they may see no such record, FileDamaged when the disk lies.
    """
    kept = StoredFile.objects.get(pk=file)
    if not kept.ref_kind or not readable(Ref(kept.ref_kind, kept.ref_id), actor=actor):
        raise StoredFile.DoesNotExist
    content = path_of(kept.digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != kept.digest:
        raise FileDamaged(str(kept.pk))
    return Content(kept.name, kept.content_type, content)
