"""What the house works out by itself before the town is opened: who is at risk without help, and what is published."""

from datetime import datetime

from vatra.rooms.insight.tasks import keep_standings, publish

ROUNDS = 60


def look_back(*, at: datetime) -> None:
    """Every household is looked at once; then the months that have ended are published."""
    for _ in range(ROUNDS):
        if not keep_standings(at=at):
            break
    publish(at=at)
