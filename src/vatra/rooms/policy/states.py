"""The stages of a policy."""

from django.db import models


class PolicyStage(models.TextChoices):
    FORMULATION = "formulation"  # needs, aims, values; consulted and drafted
    ADOPTION = "adoption"  # laid before those who decide
    IMPLEMENTATION = "implementation"  # in force: procedures, monitoring, interim evaluation, feedback
    EVALUATION = "evaluation"  # results against aims: of inputs, of process, of results, of the whole


STAGE_MOVES = {
    PolicyStage.FORMULATION: {PolicyStage.ADOPTION},
    PolicyStage.ADOPTION: {PolicyStage.FORMULATION, PolicyStage.IMPLEMENTATION},  # sent back, or adopted
    PolicyStage.IMPLEMENTATION: {PolicyStage.EVALUATION},
    # goes on as it is; is drafted again, with what was learnt
    PolicyStage.EVALUATION: {PolicyStage.IMPLEMENTATION, PolicyStage.FORMULATION},
}
