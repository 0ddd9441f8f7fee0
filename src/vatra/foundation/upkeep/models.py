"""Signs of life, and when each round last ran."""

from django.db import models


class Beat(models.Model):
    """A running worker says every few seconds that it is there."""

    worker = models.CharField(max_length=128, primary_key=True)  # host:process
    version = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    at = models.DateTimeField(db_index=True)


class Round(models.Model):
    """Work that comes round: when it was last begun and ended, and what went wrong."""

    code = models.CharField(max_length=64, primary_key=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.TextField(blank=True)
