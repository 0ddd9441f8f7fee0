"""Letters: templates that packs bring, and letters whose content is frozen when they are made."""

from django.db import models

from vatra.kernel.ids import uuid7


class LetterTemplate(models.Model):
    """A Typst document with its texts per language."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    source = models.TextField()
    texts = models.JSONField()  # {language: {key: sentence}}
    digest = models.CharField(max_length=64)


class Letter(models.Model):
    """What a letter says, frozen; the PDF is rendered from it on demand and is the same each time.

    `source` and `texts` are kept with it: a template that changes later does not change a letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    template_code = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    content = models.JSONField()
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    check_code = models.CharField(max_length=32, unique=True)  # in the QR code: anyone may check authenticity

    class Meta:
        indexes = [models.Index(fields=["ref_kind", "ref_id"])]


class LetterBody(models.Model):
    """Template text as it stood, shared by the letters made from it."""

    digest = models.CharField(max_length=64, primary_key=True)
    source = models.TextField()
    texts = models.JSONField()
