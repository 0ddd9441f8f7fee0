"""Who works in the demonstration: users, posts and roles, made as an administrator makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vatra.foundation.access.commands import create_user, grant_role
from vatra.foundation.bodies.commands import name_key
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import first_words
from vatra.kernel.actor import Actor, ActorKind, system
from vatra.rooms.staff.commands import appoint


@dataclass(frozen=True)
class Staff:
    """The actors by user name, the offices, and the list that is printed at the end."""

    actors: dict[str, Actor]
    office: Body
    other: Body
    users: list[dict[str, str]]

    def __getitem__(self, username: str) -> Actor:
        return self.actors[username]


def employ(sheet: Mapping[str, Any], *, since: date, at: datetime, language: str) -> Staff:
    """Create the users of the sheet, appoint them, and grant each the role of their post, in their office."""
    house = system("demo")
    office, other = (Body.objects.get(code=sheet[name]) for name in ("office", "other_office"))
    actors, users = {}, []
    for said in sheet["users"]:
        where = _place(said, office, other)
        user = create_user(
            username=said["username"], name=said["name"], password=sheet["password"], language="", actor=house, at=at
        )
        post = appoint(user=user.pk, office=where.pk, title=said["title"], valid_from=since, actor=house, at=at)
        grant_role(
            user=user, role=said["role"], office=where.pk, because=f"appointed as {said['role']}", actor=house, at=at
        )
        actors[said["username"]] = Actor(
            ActorKind.POST, str(user.pk), post=str(post.pk), office=str(where.pk), name=user.name
        )
        title = said["title"].get(language) or next(iter(said["title"].values()))
        where_title = "" if where is office else f", {first_words(where.name)}"
        users.append(
            {
                "username": said["username"],
                "password": sheet["password"],
                "name": said["name"],
                "title": title + where_title,
                "role": said["role"],
            }
        )
    return Staff(actors, office, other, users)


def _place(said: Mapping[str, Any], office: Body, other: Body) -> Body:
    """Where somebody of the sheet works: the office, the other one, or the provider whom the register calls so."""
    if "provider" in said:
        return Body.objects.get(name_key=name_key({"": said["provider"]}))
    return other if said.get("office") == "other" else office
