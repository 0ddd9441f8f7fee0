"""What a case page says of referrals; see `desk/cases/referrals.html`."""

from typing import Any

from django.http import HttpRequest

from vatra.rooms.cases.queries import CaseCard


def referrals_context(request: HttpRequest, card: CaseCard) -> dict[str, Any]:
    """What the part of the page about referrals needs."""
    return {}
