"""Sending somebody to a service: what was disclosed, to whom, on which ground, and what became of it."""

import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Q

from vatra.foundation.access.scope import Scope, ScopedQuerySet
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7

from ..referral_states import ENDED, ReferralState
from .cases import Case

RECEIVED = frozenset({"referrals.view", "referrals.answer"})


class ReferralQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor, action: str) -> "ReferralQuerySet":
        """The sender's people see a referral with its case; the recipient's, what was addressed to them."""
        if action in RECEIVED:
            return super().visible_to(actor, action)
        return self.filter(case__in=Case.objects.visible_to(actor, action).values("pk"))


class Referral(models.Model):
    """A person is sent to a service, or to another unit; never without a consent or a legal basis.

    `payload` is exactly what was disclosed. It is written once; `payload_digest` tells whether it still is what it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    sending_key = models.UUIDField(unique=True)  # of the page it was sent from: pressed twice, it is sent once
    entry = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey("cases.Need", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    from_office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    to_body = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("providers.Service", null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=64)  # a code of the pack's list `consent_purpose`
    consent = models.ForeignKey("people.Consent", null=True, on_delete=models.PROTECT, related_name="+")
    legal_basis = models.CharField(max_length=500, blank=True)
    payload = models.JSONField()  # {"request": text, "fields": [{"code", "kind", …}]}
    payload_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=ReferralState.choices, default=ReferralState.SENT)
    decline_reason = models.CharField(max_length=64, blank=True)  # a code of the list `referral_decline`
    outcome = models.CharField(max_length=64, blank=True)  # a code of the list `referral_outcome`
    withdrawn_because = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.JSONField()
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # accepted or declined
    started_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    outcome_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ReferralQuerySet)()
    SCOPE = Scope(
        kind="cases.case", record="case", office="case__office", area="case__household__area__path",
        sealed="case__sealed_at", recipient="to_body", received=RECEIVED,
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["case"]),
            models.Index(fields=["to_body", "state"]),
            models.Index(fields=["from_office", "state", "-sent_at"]),
            models.Index(fields=["consent"], condition=Q(consent__isnull=False), name="referral_by_consent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "service"],
                condition=Q(need__isnull=False, service__isnull=False) & ~Q(state__in=[*ENDED, "declined", "outcome"]),
                name="one_live_referral_of_a_need",
            ),
            models.CheckConstraint(
                name="referral_has_a_ground",
                condition=Q(consent__isnull=False, legal_basis="") | (Q(consent=None) & ~Q(legal_basis="")),
            ),
            models.CheckConstraint(
                name="referral_leaves_the_office", condition=~Q(to_body=models.F("from_office"), service=None)
            ),
            models.CheckConstraint(
                name="seen_referral_is_dated", condition=Q(state__in=["sent", "withdrawn"]) | Q(seen_at__isnull=False)
            ),
            models.CheckConstraint(
                name="answered_referral_is_dated",
                condition=~Q(state__in=["accepted", "declined", "started", "delivered", "outcome"])
                | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="declined_referral_says_why", condition=~Q(state="declined") | ~Q(decline_reason="")
            ),
            models.CheckConstraint(
                name="started_referral_is_dated",
                condition=~Q(state__in=["started", "delivered", "outcome"]) | Q(started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivered_referral_is_dated", condition=~Q(state="delivered") | Q(delivered_at__isnull=False)
            ),
            models.CheckConstraint(
                name="referral_outcome_is_dated",
                condition=Q(outcome="", outcome_at=None) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="referral_with_outcome_has_one", condition=~Q(state="outcome") | ~Q(outcome="")
            ),
            models.CheckConstraint(
                name="closed_referral_was_answered",
                condition=~Q(state="closed") | ~Q(outcome="") | ~Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="ended_referral_is_dated",
                condition=Q(state__in=ENDED, ended_at__isnull=False) | (~Q(state__in=ENDED) & Q(ended_at=None)),
            ),
        ]  # fmt: skip

    @property
    def whole(self) -> bool:
        """Whether the payload is still what was sent."""
        return digest_of(self.payload) == self.payload_digest


def digest_of(payload: dict[str, Any]) -> str:
    plain = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


class ReferralStep(models.Model):
    """One step of a referral, by whom, and what they added in words; never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ReferralState.choices)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    by_recipient = models.BooleanField()  # else the sender wrote down what it was told
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["referral", "at"])]
        constraints = [models.UniqueConstraint(fields=["referral", "state"], name="referral_step_once")]
