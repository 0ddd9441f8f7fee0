"""What the pages of payments are given."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A line of the list of cycles. Amounts in minor units."""

    id: UUID
    programme: dict[str, str]
    programme_code: str
    period: date
    kind: str
    ordinal: int
    state: str
    planned: int
    amount: int
    currency: str
    excluded: int
    returned: int
    prepared_at: datetime | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the worker does with a cycle now. `paused`: somebody stopped it; it goes on where it stands."""

    what: str  # preparing, exporting, or empty
    done: int
    total: int
    paused: bool


@dataclass(frozen=True, slots=True)
class StateSum:
    """How many instructions of a cycle are in a state, for how much."""

    state: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a cycle; `file_id` is given only to who may open it."""

    id: UUID
    way: str
    message_id: str
    name: str
    file_id: UUID | None
    digest: str
    count: int
    amount: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CycleCard:
    """A cycle with its sums, its files, what may be done now and by whom it was done."""

    id: UUID
    programme: dict[str, str]
    programme_code: str
    fund_id: UUID
    fund: dict[str, str]
    office_id: UUID
    period: date
    kind: str
    ordinal: int
    budget_year: int
    state: str
    currency: str
    progress: Progress
    sums: list[StateSum]
    planned_count: int
    planned_amount: int
    left: int  # available in the fund's year
    prepared_by: str
    prepared_at: datetime | None
    checked_by: str
    checked_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    exported_by: str
    exported_at: datetime | None
    pay_on: date | None
    settled_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    cancelled_at: datetime | None
    because: str
    files: list[FileRow]
    unseen: int  # instructions of sealed records that this reader may not see; the sums count them
    may: frozenset[str]  # refresh, check, approve, export, settle, close, cancel, pause, resume


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """A line of a cycle. `reason` is a code; `reason_text` its sentence, marked for translation."""

    id: UUID
    cycle_id: UUID
    entitlement_id: UUID
    household_id: UUID
    household_number: str
    beneficiary_id: UUID
    beneficiary: str
    payee_id: UUID | None
    payee: str
    programme: dict[str, str]
    period: date
    attempt: int
    amount: int
    currency: str
    way: str
    account: str  # masked
    state: str
    reason: str
    reason_text: str
    note: str
    end_to_end_id: str
    sent_at: datetime | None
    paid_on: date | None
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who was paid before gets something else now."""

    instruction: InstructionRow
    before: int  # minor units
    account_before: str  # masked; empty where it is the same


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a cycle: what was due when it was prepared (`at`), and what was paid for the period before.

    `due` = `planned` + `unpaid` + `taken`, each amount in exactly one of them: nothing that is due is left out
    without a named reason. `taken`: another cycle pays it. Lists hold the first of those whose records the reader may
    see; counts hold everybody.
    """

    at: datetime
    due: int
    planned: int
    taken: int
    new: list[InstructionRow]
    gone: list[InstructionRow]  # paid for the period before, not due any more
    changed: list[Changed]
    without_account: list[InstructionRow]
    entitled_unpaid: list[InstructionRow]
    overtaken: list[InstructionRow]  # planned, but due differently (or not at all) when somebody checked or approved
    unpaid: int  # how many are entitled and unpaid, unseen ones included
    reasons: dict[str, int] = field(default_factory=dict)  # reason → how many
    counts: dict[str, int] = field(default_factory=dict)  # new, gone, changed, without_account, overtaken: all of them
    unseen: int = 0  # of sealed records, or of others that this reader may not see


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry as an auditor reads it."""

    id: UUID
    on: date
    at: datetime
    step: str
    amount: int
    debit: str
    credit: str
    actor: str
    act: str


@dataclass(frozen=True, slots=True)
class Trail:
    """From an instruction back to the law: entries, entitlement, decision, determination, clauses."""

    instruction: InstructionRow
    attempts: list[InstructionRow]  # all of them, the first one first
    entries: list[LedgerRow]
    cycle_entries: list[LedgerRow]  # of the cycle as a whole: the reservation of its budget
    cycle_id: UUID
    cycle_state: str
    cycle_kind: str
    prepared_by: str
    approved_by: str
    files: list[FileRow]
    entitlement_id: UUID
    decision_id: UUID
    decision_number: str
    signed_at: datetime | None
    signed_by: str
    determination_id: UUID
    determined_on: date
    ruleset_id: UUID
    ruleset_number: int
    clauses: list[dict[str, Any]]  # as frozen in the determination
    bank_says: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StatementCard:
    """A file from the bank: what its rows led to, and what does not add up."""

    id: UUID
    kind: str
    message_id: str
    state: str
    received_at: datetime
    total: int
    done: int
    outcomes: dict[str, int]
    faults: list[dict[str, Any]]
    file_id: UUID | None
    open_rows: list[dict[str, Any]]  # unknown, mismatch: what somebody must look at
    waits: bool = False  # and nobody has said yet that they did
