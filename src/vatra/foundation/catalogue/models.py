"""Definitions that packs bring: the pack itself, facts, code lists, shared dated parameters."""

from django.db import models


class Revision(models.Model):
    """One row that counts every change of a definition, so that what a process keeps can be known to be stale."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="one_revision_row", condition=models.Q(id=1))]


class Pack(models.Model):
    """The country or programme pack an installation runs on."""

    code = models.CharField(max_length=64, primary_key=True)
    version = models.CharField(max_length=32)
    title = models.JSONField()
    settings = models.JSONField()  # zone, languages, currencies, calendar, payment and letter manners
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()


class PackItem(models.Model):
    """One definition as a pack last brought it: tells what the pack changed since from what was changed here."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)  # area, body, role, code_list, fact, programme…
    code = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    dropped_in = models.CharField(max_length=32, blank=True)  # the version that no longer has it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "code"], name="pack_item_once")]


class CodeList(models.Model):
    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()


class Code(models.Model):
    """One value of a list. Codes retire and never vanish."""

    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    title = models.JSONField()
    order = models.PositiveIntegerField(default=0)
    parent = models.CharField(max_length=64, blank=True)
    extra = models.JSONField(default=dict)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="code_once_in_list")]


class FactDefinition(models.Model):
    """What can be known about a person or a household."""

    code = models.CharField(max_length=64, primary_key=True)
    subject = models.CharField(max_length=16)  # person, household
    type = models.CharField(max_length=16)  # money number integer percentage boolean date code text
    currency = models.CharField(max_length=3, blank=True)
    code_list = models.ForeignKey(CodeList, null=True, on_delete=models.PROTECT, related_name="+")
    decimals = models.PositiveSmallIntegerField(null=True)  # of numbers and percentages; two unless said
    bounds = models.JSONField(default=dict)  # {"min": …, "max": …}: enforced, and true of an unknown value too
    formula = models.TextField(blank=True)  # computed from other facts of the same subject; never recorded
    title = models.JSONField()
    question = models.JSONField(default=dict)
    help = models.JSONField(default=dict)
    fresh_days = models.PositiveIntegerField(null=True)  # older than this, the window asks again
    sensitive = models.BooleanField(default=False)
    default = models.JSONField(null=True)  # what a form offers first; never assumed by a rule
    order = models.PositiveIntegerField(default=0)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fact_has_its_currency", condition=models.Q(type="money") ^ models.Q(currency="")
            ),
            models.CheckConstraint(
                name="fact_has_its_code_list", condition=models.Q(type="code") ^ models.Q(code_list=None)
            ),
        ]


class SharedParameter(models.Model):
    """A figure that many laws index on, with each change and its legal source."""

    code = models.CharField(max_length=64, primary_key=True)
    type = models.CharField(max_length=16)
    title = models.JSONField(default=dict)
    document = models.JSONField()  # as in the pack: {"values": {date: {"value": …, "law": …}}}
