"""Accredited providers and their licensed services, as registers bring them."""

from django.db import models
from django.db.models import F, Q

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.ids import uuid7


class ServiceType(models.Model):
    """A kind of service in the pack's nomenclature."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    category = models.CharField(max_length=64, blank=True)
    category_title = models.JSONField(default=dict)
    offers = models.JSONField(default=list)
    care_level = models.CharField(max_length=32, blank=True)
    address_sealed = models.BooleanField(default=False)  # shelters: the place of such services is never shown
    retired_on = models.DateField(null=True)


class Provider(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    body = models.OneToOneField("bodies.Body", on_delete=models.PROTECT, related_name="+")
    contracted = models.BooleanField(default=False)


class Accreditation(models.Model):
    """A provider's right to provide, or a service's licence, with its dates where the register gives them."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    scope = models.JSONField(default=dict)


class Service(models.Model):
    """A licensed service at a place. `flags` says what the register left wrong or out; the row is kept all the same."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=250, blank=True)  # as the register writes it
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=400)
    form = models.CharField(max_length=32, blank=True)  # how it is organised: a code of the register's forms
    groups = models.JSONField(default=list)  # codes of the register's groups of people served
    group_key = models.CharField(max_length=420, blank=True)  # "|B1.2|B4|", to filter by
    capacity = models.PositiveIntegerField(null=True)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    district = models.CharField(max_length=100, blank=True)  # county, as the register writes it
    district_key = models.CharField(max_length=100, blank=True)  # folded
    locality = models.CharField(max_length=200, blank=True)
    locality_key = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=400, blank=True)
    phone = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    address_sealed = models.BooleanField(default=False)  # as its type says, or for itself: the place is never shown
    flags = models.JSONField(default=list)
    source = models.CharField(max_length=64)
    source_key = models.CharField(max_length=128)  # identifies the row again in a corrected file
    sort_key = models.CharField(max_length=200, blank=True)  # folded title as shown; lists are paged by it
    search_text = models.TextField(blank=True)  # folded name, provider, locality, type; of a sealed one no place
    retired_on = models.DateField(null=True)

    objects = ScopedManager()
    # Anybody reads the directory; here it is about what a provider may say of its own services.
    SCOPE = Scope(
        kind="providers.service", record="pk", office="provider__body", recipient="provider__body",
        received=frozenset({"providers.view", "providers.places"}),
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_key"], name="service_once_in_register")]
        indexes = [
            models.Index(fields=["service_type"]),
            models.Index(fields=["area"]),
            models.Index(fields=["district_key", "locality_key"]),
            models.Index(fields=["sort_key", "id"]),
        ]


class Places(models.Model):
    """How many places a service has, and how many of them are free, as its provider says; nobody else writes it."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(null=True)
    free = models.PositiveIntegerField(null=True)
    said_at = models.DateTimeField()
    actor = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="no_more_free_than_there_are",
                condition=Q(capacity=None) | Q(free=None) | Q(free__lte=F("capacity")),
            )
        ]
