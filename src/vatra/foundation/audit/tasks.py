"""The trail is sealed each minute."""

from datetime import datetime

from .commands import seal


def seal_all(*, at: datetime) -> None:
    """Seal what has been committed, batch by batch; each batch is a transaction of its own."""
    while seal(at=at):
        pass
