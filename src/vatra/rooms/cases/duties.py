"""What must be done about referrals by a day, for the reminders."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from vatra.foundation.docket.models import Deadline
from vatra.foundation.refs import ref

from .commands.referral_steps import item_values
from .models import Referral
from .referral_states import TERM_OF
from .reminders import Duty

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
    return [
        Duty(
            ref=ref(row), kind=terms_of[row.pk].kind, due_on=terms_of[row.pk].due_on, office=row.from_office_id,
            worker=row.case.worker_id, head=HEAD, values=item_values(row),
        )
        for row in rows
    ]  # fmt: skip
