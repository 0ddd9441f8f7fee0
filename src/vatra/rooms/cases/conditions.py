"""What must be true before a case closes. Each condition says what is wanting, and the way out, or nothing.

Some hold for every case; a type of the pack adds others by name. Another file of this room adds its own by `condition`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.queries import number_of

from .definition import definition_of
from .models import Action, Case, Need, Plan, Referral, Review, ReviewKind, Visit
from .referral_states import ENDED
from .states import ActionState, NeedState, ReviewState, VisitState

# (case, at, within days as the type says, 0 where it says none) → what is wanting, or None
Check = Callable[[Case, datetime, int], Refused | None]
_CONDITIONS: dict[str, Check] = {}
_ALWAYS: list[str] = []


def condition(name: str, *, always: bool = False) -> Callable[[Check], Check]:
    """Declare a condition under a name that types of cases use; `always`: every case is held to it."""

    def declare(check: Check) -> Check:
        if _CONDITIONS.setdefault(name, check) is not check:
            raise ValueError(f"two conditions are called {name}")
        if always and name not in _ALWAYS:
            _ALWAYS.append(name)
        return check

    return declare


def condition_names() -> frozenset[str]:
    return frozenset(_CONDITIONS)


def unmet_conditions(case: Case, at: datetime) -> Iterator[Refused]:
    """What is wanting before the case can close, the common conditions first."""
    asked = dict.fromkeys([(name, 0) for name in _ALWAYS])
    asked |= dict.fromkeys((c.holds, c.within_days) for c in definition_of(case.type).closing)
    for name, within in asked:
        if wanting := _CONDITIONS[name](case, at, within):
            yield wanting


@condition("needs_answered", always=True)
def needs_answered(case: Case, at: datetime, within: int) -> Refused | None:
    left = Need.objects.filter(case=case, state=NeedState.OPEN).count()
    if not left:
        return None
    return Refused(
        "needs_open", gettext_noop("%(count)s needs are neither met nor unmet yet."),
        gettext_noop("Say of each whether it was met, or why it stays unmet."), count=left,
    )  # fmt: skip


@condition("nothing_planned", always=True)
def nothing_planned(case: Case, at: datetime, within: int) -> Refused | None:
    actions = Action.objects.filter(case=case, state=ActionState.PLANNED).count()
    visits = Visit.objects.filter(case=case, state=VisitState.PLANNED).count()
    if not actions and not visits:
        return None
    return Refused(
        "still_planned", gettext_noop("Still planned: %(actions)s actions, %(visits)s visits."),
        gettext_noop("Say of each whether it was done, or why not."), actions=actions, visits=visits,
    )  # fmt: skip


@condition("referrals_ended", always=True)
def referrals_ended(case: Case, at: datetime, within: int) -> Refused | None:
    """Nobody is left waiting for a person whose case is closed, and no answer is left unread."""
    open_ = Referral.objects.filter(case=case).exclude(state__in=ENDED)
    numbers = [number_of(row.entry) for row in open_.select_related("entry__register").order_by("sent_at", "pk")]
    if not numbers:
        return None
    return Refused(
        "referrals_open", gettext_noop("These referrals are still open: %(numbers)s."),
        gettext_noop("Close each that was answered, and withdraw each that still waits, with the reason."),
        numbers=", ".join(numbers),
    )  # fmt: skip


@condition("visited")
def visited(case: Case, at: datetime, within: int) -> Refused | None:
    done = Visit.objects.filter(case=case, state=VisitState.DONE)
    since = day(at, zone()) - timedelta(days=within) if within else None
    if (done.filter(done_on__gte=since) if since else done).exists():
        return None
    if since is None:
        return Refused(
            "never_visited", gettext_noop("Nobody has visited them in this case."),
            gettext_noop("Visit, and record it."),
        )  # fmt: skip
    return Refused(
        "visit_too_old", gettext_noop("There was no visit in the last %(days)s days."),
        gettext_noop("Visit once more before the case closes."), days=within,
    )  # fmt: skip


@condition("needs_recorded")
def needs_recorded(case: Case, at: datetime, within: int) -> Refused | None:
    if Need.objects.filter(case=case).exists():
        return None
    return Refused(
        "no_need", gettext_noop("No need was ever recorded in this case."),
        gettext_noop("Record what was missing, and how it ended."),
    )  # fmt: skip


@condition("plan_agreed")
def plan_agreed(case: Case, at: datetime, within: int) -> Refused | None:
    if Plan.objects.filter(case=case, in_force_at__isnull=False).exists():
        return None
    return Refused(
        "no_plan", gettext_noop("No plan was ever approved in this case."),
        gettext_noop("Write the plan and have it approved."),
    )  # fmt: skip


@condition("closure_approved")
def closure_approved(case: Case, at: datetime, within: int) -> Refused | None:
    if Review.objects.filter(case=case, kind=ReviewKind.CLOSING, state=ReviewState.APPROVED).exists():
        return None
    return Refused(
        "closure_not_approved", gettext_noop("A case of this type closes only after a supervisor agreed."),
        gettext_noop("Ask for a review of the closure."),
    )  # fmt: skip
