"""The actions that roles grant and views declare, registered by the rooms when Django starts."""

from typing import Literal

# view: see a record · work: change it · power: acts with legal effect (sign, publish), which no tie to a record gives
ActionClass = Literal["view", "work", "power"]

_ACTIONS: dict[str, tuple[ActionClass, str]] = {}


class UnknownAction(LookupError):
    """Nobody registered this action; a role or a view names it wrongly."""


def register_actions(actions: dict[str, tuple[ActionClass, str]]) -> None:
    """`{"people.view": ("view", "See people and households")}`; the sentence is shown to administrators."""
    for code, declared in actions.items():
        if _ACTIONS.setdefault(code, declared) != declared:
            raise ValueError(f"two rooms declare the action {code}")


def actions() -> dict[str, tuple[ActionClass, str]]:
    return dict(_ACTIONS)


def action_class(action: str) -> ActionClass:
    if action not in _ACTIONS:
        raise UnknownAction(action)
    return _ACTIONS[action][0]
