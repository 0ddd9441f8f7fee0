"""Who holds which post."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from .models import Post


def post_of(user: UUID, *, on: date) -> Post | None:
    """The post a user holds on a day; the latest, if several."""
    return (
        Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), user_id=user, valid_from__lte=on)
        .select_related("office")
        .order_by("-valid_from")
        .first()
    )


def posts_in(office: UUID, *, on: date) -> list[Post]:
    """Who holds a post in an office on a day, by name."""
    held = Q(valid_until=None) | Q(valid_until__gt=on)
    return list(
        Post.objects.filter(held, office_id=office, valid_from__lte=on).select_related("user").order_by("user__name")
    )
