"""Kinds of case, as the pack describes them."""

from django.db import models


class CaseType(models.Model):
    """A kind of case: its steps with their terms by risk, its outcomes, and what must be true before it closes."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    summary = models.JSONField(default=dict)
    level = models.CharField(max_length=32)  # on which level of care it begins
    about = models.CharField(max_length=16, default="household")  # or "person": then it names one
    sealed = models.BooleanField(default=False)  # seen by its team only, from the first moment
    # {"steps": [...], "closing": [...], "outcomes": [...], "levels": {...}, "forms": [...]}; see docs/packs.md
    definition = models.JSONField(default=dict)
    law = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=0)
    retired_on = models.DateField(null=True)
