"""What a household is entitled to and was paid, and the accounts to which its members are paid."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from vatra.foundation.access.queries import may
from vatra.journeys.household_money import household_money
from vatra.rooms.people.commands import add_account, end_account
from vatra.rooms.people.models import Household
from vatra.rooms.people.queries import accounts_of
from vatra.web.actions import needs

from .edits import _acting, _card, _data, _edit, _today
from .forms import AccountForm, EndForm


@require_GET
@needs("people.view")
def money(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """A part of the household's page, or a page of its own without scripts."""
    try:
        found = household_money(household_id, actor=request.actor, at=timezone.now())
    except Household.DoesNotExist:
        raise Http404 from None
    context = {"money": found, "card": found.card, "may_record": may(request.actor, "people.record")}
    part = request.htmx
    return render(request, f"desk/household/{'money' if part else 'money_page'}.html", context)


@needs("people.record")
def account_add(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """A member is paid to this account from a day on."""
    card = _card(request, household_id, "people.record")
    form = AccountForm(_data(request), card=card)
    return _edit(
        request, card, form,
        lambda said: add_account(**{**said, "person": UUID(said["person"])}, **_acting(request)),
        title=gettext("An account to be paid to"), lead=gettext("Keep the account"),
        done=gettext("The account is kept. It is shown masked from now on."),
    )  # fmt: skip


@needs("people.record")
def account_end(request: HttpRequest, household_id: UUID, payment_account_id: UUID) -> HttpResponse:
    """Nothing is paid to this account any more."""
    card = _card(request, household_id, "people.record")
    rows = accounts_of(card.standing, standing=card.standing)
    row = next((row for row in rows if row.id == payment_account_id and row.ended_on is None), None)
    if row is None:
        raise Http404
    return _edit(
        request, card, EndForm(_data(request), initial={"on": _today()}),
        lambda said: end_account(account=payment_account_id, **said, **_acting(request)),
        title=gettext("Not paid to this account any more"), lead=gettext("End the account"),
        done=gettext("The account has ended."), about=row.masked,
    )  # fmt: skip
