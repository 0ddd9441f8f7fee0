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
    also = models.JSONField(default=list)  # other spellings and codes by which files name it
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


class Boundary(models.Model):
    """The outline of an area, as one file drew it, simplified together with its neighbours so that edges still meet."""

    area = models.OneToOneField(Area, primary_key=True, on_delete=models.PROTECT, related_name="+")
    rings = models.JSONField()  # polygons → rings → [longitude, latitude] in hundred-thousandths of a degree
    west = models.IntegerField()
    south = models.IntegerField()
    east = models.IntegerField()
    north = models.IntegerField()
    source = models.CharField(max_length=255)  # the file's name
    digest = models.CharField(max_length=64)  # of the file and of what was drawn
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="boundary_box", condition=Q(west__lte=models.F("east"), south__lte=models.F("north"))
            )
        ]
