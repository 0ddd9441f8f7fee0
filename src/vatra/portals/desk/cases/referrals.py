"""What a case page says of referrals; see `desk/cases/referrals.html`."""

from typing import Any

from django.http import HttpRequest

from vatra.rooms.cases.queries import CaseCard

from ..referrals.slot import referrals_context as of_case


def referrals_context(request: HttpRequest, card: CaseCard) -> dict[str, Any]:
    """What the part of the page about referrals needs."""
    needs = [(need.row.pk, need.title) for need in card.open_needs] if card.workable else []
    return of_case(request, card.row.pk, needs)
