"""From a signed-in user to the actor that commands take."""

from django.utils import timezone

from vatra.foundation.access.models import User
from vatra.kernel.actor import Actor, ActorKind
from vatra.rooms.staff.queries import post_of


def actor_of(user: User) -> Actor:
    """The user in the post they hold today; without a post, a user who may do nothing."""
    return actor_and_office(user)[0]


def actor_and_office(user: User) -> tuple[Actor, dict[str, str] | None]:
    """The same, with the name of their office in its languages."""
    post = post_of(user.pk, on=timezone.now().date())
    actor = Actor(
        ActorKind.POST,
        str(user.pk),
        post=str(post.pk) if post else None,
        office=str(post.office_id) if post else None,
        name=user.name,
    )
    return actor, post.office.name if post else None
