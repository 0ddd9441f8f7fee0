"""Areas: where people live, services stand and figures are drawn."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7


class Area(models.Model):
    """A place in the tree of places of a pack; `hex_*` is its tile where no boundary is known."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)  # country, county, municipality, locality, neighbourhood
    name = models.JSONField()  # {language: text}
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=512, unique=True)  # "ro/ms/114925/114934/": everything below shares it
    hex_q = models.SmallIntegerField(null=True)
    hex_r = models.SmallIntegerField(null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="area_tile_whole",
                condition=Q(hex_q=None, hex_r=None) | Q(hex_q__isnull=False, hex_r__isnull=False),
            )
        ]
