"""Appointing people to posts."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Post


@transaction.atomic
def appoint(
    *, user: UUID, office: UUID, title: dict[str, str], valid_from: date, valid_until: date | None = None,
    substitutes: Post | None = None, actor: Actor, at: datetime,
) -> Post:  # fmt: skip
    """A user works in an office from a day on, under this title; `substitutes` names the post they stand in for.

    Refuses an end before the start, and a substitute for their own post.
    """
    if valid_until is not None and valid_until <= valid_from:
        raise Refused(
            "post_ends_first",
            gettext_noop("The post would end before it begins."),
            gettext_noop("Give a later end, or none."),
        )
    if substitutes is not None and substitutes.user_id == user:
        raise Refused("own_substitute", gettext_noop("Nobody stands in for themselves."))
    post = Post.objects.create(
        user_id=user, office_id=office, title=title, valid_from=valid_from, valid_until=valid_until,
        substitutes=substitutes,
    )  # fmt: skip
    record("staff.appointed", post, actor=actor, at=at, user=str(user), office=str(office))
    return post


@transaction.atomic
def end_post(*, post: Post, on: date, actor: Actor, at: datetime) -> Post:
    """The user no longer holds the post from this day. Refuses a post that has ended, and a day before its start."""
    if post.valid_until is not None and post.valid_until <= on:
        raise Refused("post_ended", gettext_noop("This post has already ended."))
    if on <= post.valid_from:
        raise Refused("post_ends_first", gettext_noop("The post would end before it begins."))
    post.valid_until = on
    post.save(update_fields=["valid_until"])
    record("staff.post_ended", post, actor=actor, at=at, on=on.isoformat())
    return post
