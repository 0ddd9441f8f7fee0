"""What must be done about cases and referrals by a day, for the reminders."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from vatra.foundation.access.queries import holders
from vatra.foundation.docket.models import Deadline
from vatra.foundation.refs import ref

from .commands.referral_steps import item_values
from .models import Action, Case, Referral
from .queries.lists import step_title
from .referral_states import TERM_OF
from .reminders import ACTION, TERM, Duty
from .states import ActionState, CaseState

KINDS = [f"referral.{name}" for name in TERM_OF.values()]
HEAD = "cases.approve"  # who approves plans is told what stays undone


def of_referrals(*, until: date, only: Collection[UUID] | None = None) -> list[Duty]:
    """Every running term of a referral that ends by this day, for the worker of its case."""
    terms = Deadline.objects.filter(
        ref_kind="cases.referral", kind__in=KINDS, met_on=None, suspended_on=None, due_on__lte=until
    )
    if only is not None:
        terms = terms.filter(ref_id__in=list(only)).select_for_update()
    terms_of = {term.ref_id: term for term in terms}
    rows = Referral.objects.filter(pk__in=list(terms_of)).select_related(
        "case", "to_body", "service__service_type", "entry__register"
    )
    told = _supervisors(row.case for row in rows)
    return [
        Duty(
            ref=ref(row), kind=terms_of[row.pk].kind, due_on=terms_of[row.pk].due_on, office=row.from_office_id,
            worker=row.case.worker_id, head=HEAD, supervisor=told.get(row.case_id), values=item_values(row),
        )
        for row in rows
    ]  # fmt: skip


def of_cases(*, until: date, only: Collection[UUID] | None = None) -> list[Duty]:
    """Every running term of an open case (a review that comes round is one), and every action that is still planned,
    whoever owes it, that is due by this day: for the worker of the case."""
    actions = Action.objects.filter(state=ActionState.PLANNED, due_on__lte=until)
    terms = Deadline.objects.filter(ref_kind="cases.case", met_on=None, suspended_on=None, due_on__lte=until)
    if only is not None:
        actions, terms = actions.filter(case__in=list(only)), terms.filter(ref_id__in=list(only))
    open_ = Case.objects.exclude(state=CaseState.CLOSED).filter(
        Q(pk__in=actions.values("case")) | Q(pk__in=terms.values("ref_id"))
    )
    cases = {case.pk: case for case in open_.select_related("type")}
    told = _supervisors(cases.values())
    if only is not None:  # actions first, as nobody who holds a term waits for one
        actions, terms = actions.select_for_update(of=("self",)), terms.select_for_update()
    due = [(action.case_id, ACTION, action) for action in actions.order_by("pk")]
    due += [(term.ref_id, TERM, term) for term in terms.order_by("pk")]
    return [
        Duty(
            ref=ref(case), kind=kind, part=of.pk, due_on=of.due_on, office=case.office_id, worker=case.worker_id,
            head=HEAD, supervisor=told.get(case.pk),
            values={
                "programme": (step_title(case.type, of.kind) if kind == TERM else None) or case.type.title,
                "number": case.number,
            },
        )
        for id_, kind, of in due if (case := cases.get(id_))
    ]  # fmt: skip


def _supervisors(cases: Iterable[Case]) -> dict[UUID, UUID]:
    """Case → its supervisor, as long as they may approve in its office."""
    named = {case.pk: case for case in cases if case.supervisor_id}
    able = {office: dict(holders(HEAD, office=office)) for office in {case.office_id for case in named.values()}}
    return {pk: case.supervisor_id for pk, case in named.items() if case.supervisor_id in able[case.office_id]}
