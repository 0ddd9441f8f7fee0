"""Keeping files: content under its digest in the home folder, one row per file that somebody stored."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import StoredFile

LIMIT = 20 * 1024 * 1024
# What a browser may be given back; anything else is stored and only ever downloaded.
KNOWN = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def path_of(digest: str) -> Path:
    return settings.VATRA.home / "files" / digest[:2] / digest[2:4] / digest


def content_type_of(content: bytes) -> str:
    """By the first bytes, never by what the sender claims."""
    return next((kind for start, kind in KNOWN.items() if content.startswith(start)), "application/octet-stream")


@transaction.atomic
def store(*, content: bytes, name: str, ref: Ref | None, actor: Actor, at: datetime) -> StoredFile:
    """Keep a file for a record. The same content is kept once on disk. Refuses an empty and a very large file.

    The content is on disk before its row is committed: a file without a row is waste, a row without a file a loss.
    """
    if not content:
        raise Refused("empty_file", gettext_noop("The file “%(name)s” is empty."), name=name)
    if len(content) > LIMIT:
        raise Refused(
            "large_file", gettext_noop("The file “%(name)s” is larger than 20 MB."),
            gettext_noop("Scan it again with a lower resolution, or in parts."), name=name,
        )  # fmt: skip
    digest = hashlib.sha256(content).hexdigest()
    _write_once(path_of(digest), content)
    kept = StoredFile.objects.create(
        name=os.path.basename(name.replace("\\", "/"))[:255] or "file", content_type=content_type_of(content),
        size=len(content), digest=digest, ref_kind=ref.kind if ref else "", ref_id=ref.id if ref else None,
        stored_at=at, actor=actor.as_json(),
    )  # fmt: skip
    record("files.stored", ref, actor=actor, at=at, file=str(kept.pk), digest=digest)
    return kept


@transaction.atomic
def store_written(*, path: Path, name: str, ref: Ref, actor: Actor, at: datetime) -> StoredFile:
    """Keep a file that the house wrote itself, on the disk of the home folder, however large: it is moved, never read
    whole. Its writer has brought it to the disk (fsync) before."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size, target = path.stat().st_size, path_of(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(0o600)
    os.replace(path, target)
    kept = StoredFile.objects.create(
        name=name, content_type="application/octet-stream", size=size, digest=digest, ref_kind=ref.kind, ref_id=ref.id,
        stored_at=at, actor=actor.as_json(),
    )  # fmt: skip
    record("files.stored", ref, actor=actor, at=at, file=str(kept.pk), digest=digest)
    return kept


def _write_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
