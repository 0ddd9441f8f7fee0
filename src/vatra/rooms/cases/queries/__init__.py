"""Everything that is read of this room."""

from .cards import (
    CaseCard,
    NeedRow,
    PlanView,
    Term,
    case_card,
    cases_in,
    events_of,
    need_words,
    supervisors_for,
    told,
    workers_for,
)
from .day import DayLine, my_day
from .lists import CasePage, CaseRow, case_types, cases, cases_of, described, seen_cases

__all__ = [
    "CaseCard",
    "CasePage",
    "CaseRow",
    "DayLine",
    "NeedRow",
    "PlanView",
    "Term",
    "case_card",
    "case_types",
    "cases",
    "cases_in",
    "cases_of",
    "described",
    "events_of",
    "my_day",
    "need_words",
    "seen_cases",
    "supervisors_for",
    "told",
    "workers_for",
]
