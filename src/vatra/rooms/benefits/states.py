"""The life of an application, and of a decision on it."""

from django.db import models


class ApplicationState(models.TextChoices):
    REGISTERED = "registered"  # has its docket number; papers may be missing
    COMPLETE = "complete"  # every paper seen
    DECIDED = "decided"  # by this authority
    FORWARDED = "forwarded"  # to whoever decides it, with the list's number
    WITHDRAWN = "withdrawn"


APPLICATION_MOVES = {
    ApplicationState.REGISTERED: {ApplicationState.COMPLETE, ApplicationState.WITHDRAWN},
    ApplicationState.COMPLETE: {
        ApplicationState.REGISTERED,  # a paper turned out not to be valid
        ApplicationState.DECIDED,
        ApplicationState.FORWARDED,
        ApplicationState.WITHDRAWN,
    },
    ApplicationState.DECIDED: set(),
    ApplicationState.FORWARDED: set(),
    ApplicationState.WITHDRAWN: set(),
}


class DecisionState(models.TextChoices):
    DRAFT = "draft"
    REPORTED = "reported"  # the head of service proposes it
    COUNTERSIGNED = "countersigned"
    SIGNED = "signed"  # and numbered: only now is it a decision
    RETURNED = "returned"  # sent back with a reason; a new draft follows


DECISION_MOVES = {
    DecisionState.DRAFT: {DecisionState.REPORTED, DecisionState.RETURNED},
    DecisionState.REPORTED: {DecisionState.COUNTERSIGNED, DecisionState.RETURNED},
    DecisionState.COUNTERSIGNED: {DecisionState.SIGNED, DecisionState.RETURNED},
    DecisionState.SIGNED: set(),
    DecisionState.RETURNED: set(),
}
