"""Rules that explain themselves: one text for one family with reasons, and for a whole country in SQL."""

from vatra.engines.rules.catalogue import Catalogue, FactType
from vatra.engines.rules.load import check_text, load_ruleset
from vatra.engines.rules.outcome import ClauseTrace, MissingFact, Outcome
from vatra.engines.rules.problems import Problem
from vatra.engines.rules.questions import Question, fewest_questions
from vatra.engines.rules.ruleset import Clause, RuleSet
from vatra.engines.rules.unit import Unit

__all__ = [
    "Catalogue",
    "Clause",
    "ClauseTrace",
    "FactType",
    "MissingFact",
    "Outcome",
    "Problem",
    "Question",
    "RuleSet",
    "Unit",
    "check_text",
    "fewest_questions",
    "load_ruleset",
]
