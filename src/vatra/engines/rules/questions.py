"""Which questions to ask first, so that the fewest decide the most programmes."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from vatra.engines.rules.outcome import UNKNOWN, MissingFact, Outcome


class Question(NamedTuple):
    """One fact to ask for; `decides` are the programmes that wait for nothing else once all before it are asked."""

    fact: str
    member_id: str | None
    helps: tuple[str, ...]
    decides: tuple[str, ...]


def fewest_questions(outcomes: Iterable[Outcome]) -> list[Question]:
    """Facts in the order of asking, across programmes that are not yet known.

    Greedy: always finish the programme that needs the fewest further questions; among equals, the one whose questions
    other programmes wait for most. Optimal order is set cover, which is hard; greedy is at most ln(n) worse.
    """
    waiting: dict[str, list[MissingFact]] = {}
    for outcome in outcomes:
        if outcome.status == UNKNOWN and outcome.missing:
            waiting[outcome.ruleset.code] = list(outcome.missing)
    helps: dict[MissingFact, list[str]] = {}
    for code, facts in waiting.items():
        for fact in facts:
            helps.setdefault(fact, []).append(code)
    asked: dict[MissingFact, None] = {}
    decided: dict[MissingFact, list[str]] = {}
    while waiting:
        left = {code: [f for f in facts if f not in asked] for code, facts in waiting.items()}
        demand = Counter(f for facts in left.values() for f in facts)
        code = min(left, key=lambda c: (len(left[c]), -sum(demand[f] for f in left[c])))
        for fact in sorted(left[code], key=lambda f: -demand[f]):
            asked[fact] = None
        last = next(reversed(asked))
        for other in [c for c, facts in left.items() if all(f in asked for f in facts)]:
            decided.setdefault(last, []).append(other)
            del waiting[other]
    return [Question(f.fact, f.member_id, tuple(helps[f]), tuple(decided.get(f, ()))) for f in asked]
