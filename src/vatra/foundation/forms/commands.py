"""Bringing forms in, and keeping answers."""

from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.files.models import StoredFile
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .instance import Instance
from .models import Answers, Form, FormVersion
from .questions import questions_of
from .xlsform import read_xlsform


@transaction.atomic
def publish_form(
    *, data: bytes, purpose: str, title: dict[str, str] | None = None, source: StoredFile | None = None,
    actor: Actor, at: datetime,
) -> FormVersion:  # fmt: skip
    """Bring in an XLSForm; it becomes the form's current version, and the one before retires.

    The same workbook again changes nothing. Refuses a workbook with faults, and a version number that is taken by
    other content: versions never change.
    """
    converted = read_xlsform(data)
    form, _ = Form.objects.get_or_create(
        code=converted.code, defaults={"purpose": purpose, "title": title or {"en": converted.title}}
    )
    same = FormVersion.objects.filter(form=form, digest=converted.digest).first()
    if same is not None:
        return same
    if FormVersion.objects.filter(form=form, version=converted.version).exists():
        raise Refused(
            "form_version_taken",
            gettext_noop("Version %(version)s of the form “%(form)s” exists with other content."),
            gettext_noop("Give the workbook a new version in its settings sheet."),
            version=converted.version,
            form=converted.code,
        )
    FormVersion.objects.filter(form=form, retired_at=None).update(retired_at=at)
    version = FormVersion.objects.create(
        form=form, version=converted.version, source=source, digest=converted.digest, xform=converted.xform,
        definition=converted.definition, published_at=at,
    )  # fmt: skip
    record("forms.published", version, actor=actor, at=at, form=form.code, version=version.version)
    return version


@transaction.atomic
def store_answers(
    *, form_version: FormVersion, about: Ref, answers: dict, instance_id: str, answered_at: datetime, actor: Actor,
    at: datetime,
) -> tuple[Answers, bool]:  # fmt: skip
    """Keep a filled form. Returns it, and whether it is new: the same `instance_id` again is the same answers.

    Refuses answers with problems; the sentence names the first place.
    """
    known = Answers.objects.filter(instance_id=instance_id).first()
    if known is not None:
        return known, False
    problems = Instance(questions_of(form_version), answers, today=answered_at.date()).problems()
    if problems:
        raise AnswersRefused(problems)
    stored = Answers.objects.create(
        form_version=form_version, instance_id=instance_id, ref_kind=about.kind, ref_id=about.id, answers=answers,
        actor=actor.as_json(), answered_at=answered_at, received_at=at,
    )  # fmt: skip
    record("forms.answered", about, actor=actor, at=at, form=form_version.form_id, version=form_version.version)
    return stored, True


class AnswersRefused(Refused):
    """`problems` has every place that must be mended."""

    def __init__(self, problems: list) -> None:
        super().__init__(
            "answers_refused",
            gettext_noop("%(count)s answers must be mended; the first is “%(place)s”."),
            gettext_noop("Correct what is marked and send the form again; nothing you typed is lost."),
            count=len(problems),
            place=problems[0].place,
        )
        self.problems = problems
