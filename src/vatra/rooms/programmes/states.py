"""The life of a ruleset."""

from django.db import models


class RulesetState(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


MOVES = {
    RulesetState.DRAFT: {RulesetState.PUBLISHED, RulesetState.WITHDRAWN},
    RulesetState.PUBLISHED: set(),
    RulesetState.WITHDRAWN: set(),
}
