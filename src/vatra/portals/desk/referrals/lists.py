"""The referrals of an office: open, late, answered."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from vatra.foundation.access.queries import require
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases import referral_words as words
from vatra.rooms.cases.commands.referral_steps import kind_of
from vatra.rooms.cases.queries import referrals as queries
from vatra.rooms.cases.referral_states import ReferralState
from vatra.web.actions import needs

WHICH = {
    "open": gettext_noop("Open"),
    "late": gettext_noop("Late"),
    "answered": gettext_noop("Answered"),
    "ended": gettext_noop("Ended"),
    "all": gettext_noop("All"),
}
NEAR = 5  # days


@require_GET
@needs("referrals.send")
def referrals(request: HttpRequest) -> HttpResponse:
    """The referrals of the cases that the reader may see; the choice stays in the address."""
    require(request.actor, "referrals.send")
    today = day(timezone.now(), zone())
    which, mine = request.GET.get("which", "open"), request.GET.get("mine") == "1"
    which = which if which in WHICH else "open"
    page = queries.referrals(actor=request.actor, which=which, mine=mine, on=today, after=request.GET.get("after", ""))
    kept = {"which": which, "mine": "1" if mine else ""}
    context = {
        "rows": shown(page.rows, today), "which": which, "mine": mine,
        "tabs": [(_address({**kept, "which": code}), gettext(word), code == which) for code, word in WHICH.items()],
        "whose": _address({**kept, "mine": "" if mine else "1"}),
        "next": _address({**kept, "after": page.next}) if page.next else "",
        "first": _address(kept) if request.GET.get("after") else "",
    }  # fmt: skip
    return render(request, "desk/referrals/list.html", context)


def _address(kept: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def shown(rows: list[queries.Row], today: object) -> list[dict[str, object]]:
    """Rows with their state and term in words."""
    found = []
    for row in rows:
        shape, word = words.STATES[row.of.state]
        late = row.due_on is not None and row.due_on < today
        near = row.due_on is not None and (row.due_on - today).days <= NEAR
        term = words.TERMS.get(kind_of(ReferralState(row.of.state)), "")
        found.append(
            {"row": row, "shape": shape, "word": word, "near": "act" if late else "ask" if near else "", "term": term}
        )
    return found
