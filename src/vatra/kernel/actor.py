"""Who acts. Every command takes one, and every trail names one."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    POST = "post"  # a user in a post of an office
    CITIZEN = "citizen"
    DEVICE = "device"
    KEY = "key"  # a service key of another system
    LINK = "link"  # the holder of a signed link
    SYSTEM = "system"  # the house itself: tasks, imports, published aggregates


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    id: str  # user id for a post; otherwise the id of the citizen, device, key, link, or the task's name
    post: str | None = None
    office: str | None = None
    name: str = ""  # as it stood when they acted: trails outlive marriages and departures

    def as_json(self) -> dict[str, str | None]:
        return {**asdict(self), "kind": self.kind.value}


def system(task: str) -> Actor:
    """The house acting by itself, in the name of a task."""
    return Actor(ActorKind.SYSTEM, task, name=task)
