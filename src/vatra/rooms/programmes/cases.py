"""A ruleset's own cases must come out before anybody publishes it."""

from vatra.engines.rules import Catalogue, load_ruleset
from vatra.engines.rules.cases import Suite, read_cases, run_case
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

__all__ = ["failures", "read_cases", "try_cases"]


def try_cases(text: str, cases: str, catalogue: Catalogue) -> int:
    """Decide every case. Returns how many; refuses rules without cases, and names the first that fails and why."""
    suite, wrong = _tried(text, cases, catalogue)
    if wrong:
        raise Refused(
            "cases_fail",
            gettext_noop("%(count)s of the rules' own cases fail; the first is “%(name)s”: %(why)s"),
            gettext_noop("Correct the rules, or the case if the law says otherwise."),
            count=len(wrong), name=wrong[0][1], why=wrong[0][2],
        )  # fmt: skip
    return len(suite.cases)


def failures(text: str, cases: str, catalogue: Catalogue) -> list[tuple[int, str, str]]:
    """`(line, name, why)` of each case that does not come out as its author expected. Refuses what are no cases."""
    return _tried(text, cases, catalogue)[1]


def _tried(text: str, cases: str, catalogue: Catalogue) -> tuple[Suite, list[tuple[int, str, str]]]:
    ruleset, suite = load_ruleset(text, catalogue), read_cases(cases)
    results = [run_case(ruleset, case) for case in suite.cases]
    return suite, [(r.case.line, r.case.name, "; ".join(r.differences)) for r in results if r.differences]
