"""The one way to say no."""


class Refused(Exception):
    """What a person asked for is not done, for a reason they can act on.

    `code` is stable and for machines; `sentence` and `next_step` are English, marked with `gettext_noop`,
    with `%(name)s` places filled from `values`. A portal translates once. Nothing partial is kept.
    """

    def __init__(self, code: str, sentence: str, next_step: str = "", /, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.values = values


class NoGrant(Exception):
    """The actor holds this action nowhere at all: a portal answers 403."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action
