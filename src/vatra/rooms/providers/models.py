"""Accredited providers and their licensed services, as registers bring them."""

from django.db import models

from vatra.kernel.ids import uuid7


class ServiceType(models.Model):
    """A kind of service in the pack's nomenclature."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    category = models.CharField(max_length=64, blank=True)
    category_title = models.JSONField(default=dict)
    form = models.CharField(max_length=32, blank=True)  # residential, day, home, outreach, emergency…
    offers = models.JSONField(default=list)
    care_level = models.CharField(max_length=32, blank=True)
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
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=400)
    groups = models.JSONField(default=list)  # codes of the pack's list of groups served
    capacity = models.PositiveIntegerField(null=True)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    locality = models.CharField(max_length=200, blank=True)  # as the register writes it
    street = models.CharField(max_length=400, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    email = models.CharField(max_length=254, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    address_sealed = models.BooleanField(default=False)  # shelters: a place that is never shown
    flags = models.JSONField(default=list)
    source = models.CharField(max_length=64)
    source_key = models.CharField(max_length=128)  # identifies the row again in a corrected file
    search_text = models.TextField(blank=True)  # folded name, provider, locality, type
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_key"], name="service_once_in_register")]
        indexes = [models.Index(fields=["service_type"]), models.Index(fields=["area"])]
