"""Opening a sealed record in an emergency; and the supervisor's list of who did."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from vatra.foundation.access.models import BrokenGlass
from vatra.foundation.access.queries import glass_to_review, require
from vatra.journeys.break_glass import break_the_glass, review_the_glass
from vatra.web.actions import needs

from ..editing import acting, edited, posted
from .forms import GlassForm, GlassReviewForm

SHOWN = 100
PAGES = {"cases.case": ("case", "case_id"), "people.household": ("household", "household_id")}


@needs("access.break_glass")
def glass_break(request: HttpRequest) -> HttpResponse:
    """A number and a reason; then the record, for a few hours."""
    require(request.actor, "access.break_glass")
    return edited(
        request, GlassForm(posted(request)), lambda said: break_the_glass(**said, **acting(request)),
        partial(_opened, request), template="desk/cases/glass.html", context={},
    )  # fmt: skip


def _opened(request: HttpRequest, broken: BrokenGlass) -> HttpResponse:
    messages.warning(request, gettext("The record is open to you for four hours. A supervisor will review it."))
    page, name = PAGES[broken.ref_kind]
    return redirect(page, **{name: broken.ref_id})


@require_GET
@needs("access.review_glass")
def glass_list(request: HttpRequest) -> HttpResponse:
    """Who opened which sealed record, when and why; those that nobody reviewed yet come first."""
    rows = list(glass_to_review(request.actor)[:SHOWN])
    rows.sort(key=lambda row: row.reviewed_at is not None)
    return render(request, "desk/cases/glass_list.html", {"rows": rows})


@needs("access.review_glass")
def glass_review(request: HttpRequest, broken_glass_id: UUID) -> HttpResponse:
    row = glass_to_review(request.actor).filter(pk=broken_glass_id).first()
    if row is None:
        raise Http404

    def act(said: dict[str, Any]) -> BrokenGlass:
        justified = said["verdict"] == "justified"
        try:
            return review_the_glass(broken=row.pk, justified=justified, remark=said["remark"], **acting(request))
        except BrokenGlass.DoesNotExist:
            raise Http404 from None

    return edited(
        request, GlassReviewForm(posted(request)), act, lambda _: redirect("glass_list"), done=gettext("Reviewed."),
        template="desk/cases/glass_review.html", context={"row": row},
    )  # fmt: skip
