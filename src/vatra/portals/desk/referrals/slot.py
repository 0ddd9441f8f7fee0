"""What the page of a case says of its referrals; see `desk/referrals/slot.html`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.cases.queries.referrals import referrals_of

from .lists import shown


def referrals_context(request: HttpRequest, case: UUID, needs: list[tuple[UUID, Any]]) -> dict[str, Any]:
    """The referrals of a case, and the open needs (id, title) from which another may begin. Three queries."""
    today = day(timezone.now(), zone())
    return {
        "referral_rows": shown(referrals_of(case, actor=request.actor), today),
        "referral_needs": needs if may(request.actor, "referrals.send") else [],
    }
