"""What this room does by itself."""

from datetime import datetime


def go_on(*, at: datetime) -> None:
    """Go on with what a worker began and did not end."""
