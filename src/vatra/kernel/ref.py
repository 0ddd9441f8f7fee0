"""A name for any record, for the places that point at every kind (audit, files, docket, worklist, access)."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    kind: str  # "people.household"
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
