"""Cycles, instructions, the files that go to the bank and those that come back."""

from django.db import models
from django.db.models import F, Q

from vatra.foundation.access.scope import Scope, ScopedManager, ScopedQuerySet
from vatra.kernel.actor import Actor

from .states import LIVE, NOT_LIVE, CycleState, InstructionState, StatementState


class CycleKind(models.TextChoices):
    REGULAR = "regular"
    RESEND = "resend"  # new attempts of what came back


class Way(models.TextChoices):
    BANK = "bank"
    CASH = "cash"


class Compared(models.TextChoices):
    """How an instruction stands to earlier months, as the worker saw it when it wrote it."""

    NEW = "new"
    CHANGED = "changed"


class Cycle(models.Model):
    """One payment run of a programme for a month: prepared by one person, approved by another, then paid.

    `done` of `total` says how far the worker is with what it does now; `paused_at` stops it between two steps.
    """

    id = models.UUIDField(primary_key=True)  # from office, programme, period, kind and ordinal
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    period = models.DateField()  # the first day of the month that is paid for
    kind = models.CharField(max_length=16, choices=CycleKind.choices, default=CycleKind.REGULAR)
    ordinal = models.PositiveSmallIntegerField()  # first, second … run of this period
    budget_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=CycleState.choices, default=CycleState.PREPARING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()  # what was due as it was known then
    taken = models.PositiveIntegerField(default=0)  # due then, and paid by another cycle: it holds no instruction of it
    gone = models.PositiveIntegerField(default=0)  # paid for the month before, and not due then
    prepared_by = models.JSONField()
    prepared_at = models.DateTimeField(null=True)
    touched_by = models.JSONField(default=list)  # who excluded, included or corrected: none of them approves
    checked_by = models.JSONField(null=True)
    checked_at = models.DateTimeField(null=True)
    approved_by = models.JSONField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_count = models.PositiveIntegerField(default=0)
    approved_amount = models.BigIntegerField(default=0)
    exported_by = models.JSONField(null=True)
    export_at = models.DateTimeField(null=True)  # when it was ordered: the date of the files
    pay_on = models.DateField(null=True)
    exported_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    closed_by = models.JSONField(null=True)
    closed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=500, blank=True)  # why it was cancelled

    objects = ScopedManager()
    SCOPE = Scope(kind="payments.cycle", record="pk", office="office")

    class Meta:
        indexes = [models.Index(fields=["office", "state"]), models.Index(fields=["programme", "period"])]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "period", "office", "kind", "ordinal"], name="cycle_ordinal_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "period", "office", "kind"],
                condition=Q(state__in=["preparing", "prepared", "checked"]),
                name="one_cycle_in_preparation",
            ),
            models.CheckConstraint(
                name="cycle_approved_by_a_second_person",
                condition=Q(approved_at=None) | ~Q(approved_by__id=F("prepared_by__id")),
            ),
            models.CheckConstraint(
                name="approved_cycle_names_its_approver",
                condition=Q(state__in=["preparing", "prepared", "checked"], approved_at=None)
                | Q(state="cancelled")
                | Q(
                    state__in=["approved", "exporting", "exported", "settled", "closed"],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="exported_cycle_is_dated",
                condition=~Q(state__in=["exported", "settled", "closed"])
                | Q(export_at__isnull=False, exported_at__isnull=False, pay_on__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_cycle_is_dated", condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed")
            ),
            models.CheckConstraint(
                name="cancelled_cycle_has_a_reason",
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(because="")
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
        ]


class Instruction(models.Model):
    """To pay one amount to one person, for one programme and period; the n-th attempt. What it names is frozen.

    `live_key` holds person, programme and period while it is live, and nothing otherwise: the database lets no two
    live instructions pay the same thing.
    """

    id = models.UUIDField(primary_key=True)  # from person, programme, period and attempt
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    entitlement = models.ForeignKey("benefits.Entitlement", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()  # the record that stands for the beneficiary
    payee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    attempt = models.PositiveSmallIntegerField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    way = models.CharField(max_length=8, choices=Way.choices)
    paid_to = models.BinaryField(default=b"")  # account and name as the bank must know them, encrypted
    account_blind = models.CharField(max_length=64, blank=True)  # equal accounts meet without being opened
    account_masked = models.CharField(max_length=64, blank=True)
    end_to_end_id = models.CharField(max_length=35, unique=True)
    live_key = models.CharField(max_length=96, null=True, unique=True)
    state = models.CharField(max_length=16, choices=InstructionState.choices)
    moves = models.PositiveIntegerField(default=0)  # how often its state changed: tells its ledger entries apart
    reason = models.CharField(max_length=64, blank=True)  # a code: why excluded, returned, cancelled
    note = models.CharField(max_length=500, blank=True)  # the same in somebody's words
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    compared = models.CharField(max_length=8, choices=Compared.choices, blank=True)
    overtaken_at = models.DateTimeField(null=True)  # when somebody was told that it is not what is due any more

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="cycle__office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["cycle", "state", "id"]),
            models.Index(fields=["household"]),
            models.Index(fields=["person_id", "programme", "period"]),
            models.Index(fields=["programme", "paid_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person_id", "programme", "period", "attempt"], name="attempt_once"),
            models.UniqueConstraint(
                fields=["entitlement", "period"],
                condition=Q(live_key__isnull=False),
                name="one_live_instruction_of_an_entitlement",
            ),
            models.CheckConstraint(
                name="live_instruction_holds_its_key",
                condition=Q(state__in=list(map(str, LIVE)), live_key__isnull=False)
                | Q(state__in=list(map(str, NOT_LIVE)), live_key=None),
            ),
            models.CheckConstraint(name="instruction_pays_something", condition=Q(amount__gt=0) | Q(state="excluded")),
            models.CheckConstraint(
                name="unpaid_instruction_has_a_reason",
                condition=~Q(state__in=["excluded", "returned", "cancelled"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="sent_instruction_is_dated",
                condition=~Q(state__in=["sent", "paid", "returned", "replaced"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="paid_instruction_is_dated", condition=~Q(state="paid") | Q(paid_on__isnull=False)
            ),
            models.CheckConstraint(
                name="returned_instruction_is_dated", condition=~Q(state="returned") | Q(returned_on__isnull=False)
            ),
            models.CheckConstraint(
                name="first_attempt_replaces_nothing", condition=Q(replaces=None) | Q(attempt__gt=1)
            ),
        ]


class BankFileQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor, action: str) -> "BankFileQuerySet":
        """A file names everybody on it, with their accounts: seeing payments is not enough to open one."""
        return super().visible_to(actor, "payments.files" if action == "payments.view" else action)


class BankFile(models.Model):
    """A file that a cycle was exported to: a credit transfer initiation for the bank, or a list for the cashier."""

    id = models.UUIDField(primary_key=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    message_id = models.CharField(max_length=35, unique=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    made_at = models.DateTimeField()

    objects = models.Manager.from_queryset(BankFileQuerySet)()
    SCOPE = Scope(kind="payments.bank_file", record="pk", office="cycle__office")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "way"], name="one_file_of_a_kind_per_cycle")]


class Statement(models.Model):
    """A file that came from the bank. The same file again changes nothing. It names people: kept like a bank file."""

    id = models.UUIDField(primary_key=True)  # from office and digest
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # pain.002, camt.053, camt.054
    message_id = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=StatementState.choices, default=StatementState.RECEIVED)
    total = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)  # what does not add up in it: [{"code", …}]
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    objects = models.Manager.from_queryset(BankFileQuerySet)()
    SCOPE = Scope(kind="payments.statement", record="pk", office="office")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "digest"], name="statement_once"),
            models.CheckConstraint(
                name="applied_statement_is_dated",
                condition=Q(state="received", applied_at=None) | Q(state="applied", applied_at__isnull=False),
            ),
        ]


class StatementRow(models.Model):
    """What a bank's file says of one payment, and what followed from it."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()
    end_to_end_id = models.CharField(max_length=35, blank=True)
    says = models.CharField(max_length=16)  # paid, returned, noted
    status = models.CharField(max_length=16, blank=True)  # the bank's code: ACSC, RJCT, BOOK
    reason = models.CharField(max_length=64, blank=True)  # the bank's reason: AC04
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    on = models.DateField(null=True)
    instruction = models.ForeignKey(Instruction, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, blank=True)  # settled, returned, noted, repeated, unknown, mismatch

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "row"], name="row_once_in_statement")]
        indexes = [models.Index(fields=["statement", "outcome", "row"])]
