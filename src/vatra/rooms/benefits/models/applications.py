"""Applications, frozen determinations, decisions and what is forwarded to others."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from vatra.foundation.access.scope import Scope, ScopedManager, ScopedQuerySet
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7

from ..states import ApplicationState, DecisionState

HOUSEHOLD = {
    "kind": "people.household",
    "area": "household__area__path",
    "office": "household__office",
    "sealed": "household__sealed_at",
}


class Application(models.Model):
    """A request for one programme. Applicant, entitled person, representative and payee are separate people."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    representative = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ApplicationState.choices, default=ApplicationState.REGISTERED)
    filed_on = models.DateField()
    language = models.CharField(max_length=8)  # in which the person wants the answer
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    SCOPE = Scope(record="household", **HOUSEHOLD)

    class Meta:
        indexes = [models.Index(fields=["household"]), models.Index(fields=["office", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "beneficiary"],
                condition=Q(state__in=["registered", "complete"]),
                name="one_open_application_per_beneficiary",
            ),
            models.CheckConstraint(
                name="closed_application_is_dated",
                condition=Q(state__in=["registered", "complete"], closed_at=None)
                | Q(state__in=["decided", "forwarded", "withdrawn"], closed_at__isnull=False),
            ),
        ]


class Paper(models.Model):
    """One paper of an application's checklist, and how it was seen."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    title = models.JSONField()
    required = models.BooleanField(default=True)
    seen = models.CharField(max_length=24, blank=True)  # original, certified_copy, register_checked, not_needed
    seen_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="paper_once_in_application"),
            models.CheckConstraint(
                name="seen_paper_is_dated",
                condition=Q(seen="", seen_at=None) | (~Q(seen="") & Q(seen_at__isnull=False)),
            ),
        ]


class Frozen(TypeError):
    """Somebody tried to change what is frozen: a fault in the code, never an officer's."""


class FrozenQuerySet(ScopedQuerySet):
    """Rows that are written once. Whatever would change or remove one fails loudly."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise Frozen(f"{self.model.__name__} is never changed: a new one supersedes it")

    update = bulk_update = update_or_create = delete = _refuse  # type: ignore[assignment]


class Determination(models.Model):
    """What the rules say about a unit, frozen: ruleset, parameters, unit, facts and the trace of every clause.

    Never updated. A new one supersedes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    ruleset = models.ForeignKey("programmes.Ruleset", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()  # the day it is about
    known_at = models.DateTimeField()  # as things were known then
    status = models.CharField(max_length=16)  # entitled, not_entitled, unknown
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    period = models.CharField(max_length=16, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    frozen = (
        models.JSONField()
    )  # {"ruleset", "parameters", "unit", "facts", "clauses", "derived"}; codes and values, no names
    digest = models.CharField(max_length=64)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    determined_at = models.DateTimeField()
    actor = models.JSONField()

    objects = models.Manager.from_queryset(FrozenQuerySet)()
    SCOPE = Scope(record="household", **HOUSEHOLD)

    class Meta:
        indexes = [models.Index(fields=["household", "programme"]), models.Index(fields=["ruleset"])]
        constraints = [
            models.CheckConstraint(name="amount_has_a_currency", condition=Q(amount=None) | ~Q(currency="")),
            models.CheckConstraint(name="amount_not_negative", condition=Q(amount=None) | Q(amount__gte=0)),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Frozen("a determination is never changed: a new one supersedes it")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Frozen("a determination is never removed")


class Decision(models.Model):
    """The act on an application: draft, report, countersignature, signature and number, by different people."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=DecisionState.choices, default=DecisionState.DRAFT)
    grants = models.BooleanField()
    reason = models.TextField(blank=True)  # what the report adds in words
    drafted_by = models.JSONField()
    drafted_at = models.DateTimeField()
    reported_by = models.JSONField(null=True)
    reported_at = models.DateTimeField(null=True)
    countersigned_by = models.JSONField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    signed_by = models.JSONField(null=True)
    signed_at = models.DateTimeField(null=True)
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    returned_by = models.JSONField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_because = models.TextField(blank=True)
    letter = models.ForeignKey("letters.Letter", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager()
    SCOPE = Scope(record="household", **HOUSEHOLD)

    class Meta:
        indexes = [models.Index(fields=["state"]), models.Index(fields=["household"])]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state="returned"),
                name="one_live_decision_per_application",
            ),
            models.CheckConstraint(
                name="signed_decision_is_numbered",
                condition=~Q(state="signed")
                | Q(
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                    entry__isnull=False,
                    countersigned_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="reported_by_another",
                condition=Q(reported_by=None) | ~Q(reported_by__id=F("drafted_by__id")),
            ),
            models.CheckConstraint(
                name="countersigned_by_another",
                condition=Q(countersigned_by=None)
                | (~Q(countersigned_by__id=F("reported_by__id")) & ~Q(countersigned_by__id=F("drafted_by__id"))),
            ),
            models.CheckConstraint(
                name="signed_by_another",
                condition=Q(signed_by=None)
                | (
                    ~Q(signed_by__id=F("countersigned_by__id"))
                    & ~Q(signed_by__id=F("reported_by__id"))
                    & ~Q(signed_by__id=F("drafted_by__id"))
                ),
            ),
        ]


class WholeListQuerySet(ScopedQuerySet):
    """A list that was sent names people: it is seen by who may see every record on it, and by nobody else."""

    def hidden(self, actor: Actor, action: str) -> models.QuerySet:
        """Rows of the list `OuterRef("pk")` whose records the actor may not see."""
        raise NotImplementedError

    def visible_to(self, actor: Actor, action: str) -> "WholeListQuerySet":
        return super().visible_to(actor, action).filter(~Exists(self.hidden(actor, action)))


class ForwardingQuerySet(WholeListQuerySet):
    def hidden(self, actor: Actor, action: str) -> models.QuerySet:
        rows = ForwardedApplication.objects.filter(forwarding=OuterRef("pk"))
        return rows.exclude(application__in=Application.objects.visible_to(actor, action))


class Forwarding(models.Model):
    """A numbered list of applications sent to the body that decides them."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    to_body = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    letter = models.ForeignKey("letters.Letter", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.JSONField()

    objects = models.Manager.from_queryset(ForwardingQuerySet)()
    SCOPE = Scope(kind="benefits.forwarding", record="pk", office="office")


class ForwardedApplication(models.Model):
    forwarding = models.ForeignKey(Forwarding, on_delete=models.PROTECT, related_name="+")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forwarding", "row"], name="row_once_in_list")]


class Certificate(models.Model):
    """A numbered paper that says what somebody receives, or that they receive nothing (adeverință)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey("letters.Letter", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    actor = models.JSONField()

    objects = ScopedManager()
    SCOPE = Scope(record="household", **HOUSEHOLD)
