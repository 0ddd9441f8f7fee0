"""From a need to a service: who could answer it and why, what will be told, and on which ground."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vatra.foundation.access.queries import require
from vatra.foundation.bodies.queries import offices
from vatra.foundation.catalogue.queries import code, zone
from vatra.kernel.days import day
from vatra.kernel.ids import uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases import referral_words as words
from vatra.rooms.cases.commands import refer_again, send_referral
from vatra.rooms.cases.commands.referrals import PURPOSE
from vatra.rooms.cases.disclosure import card_of, offered, payload
from vatra.rooms.cases.models import Need, Referral
from vatra.rooms.cases.queries.referrals import Recipient, consents_for, recipient
from vatra.rooms.cases.queries.suggestions import need_of, suggestions
from vatra.rooms.people.commands import give_consent
from vatra.rooms.people.models import Household
from vatra.web.actions import needs
from vatra.web.middleware import in_words, translated


@require_GET
@needs("referrals.send")
def suggest(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """The services that could answer a need, each with its reasons; and the other units."""
    need, at = _need(request, need_id), timezone.now()
    found = suggestions(need_id, actor=request.actor, at=at)
    context = {
        "need": need, "case": need.case, "title": words_of_need(need), "again": request.GET.get("again", ""),
        "suggested": [
            (each, [(reason.speaks, translated(reason.sentence, reason.values)) for reason in each.reasons]) for each in found
        ],
        "units": [body for body in offices() if body.pk != need.case.office_id],
    }  # fmt: skip
    return render(request, "desk/referrals/suggest.html", context)


def _need(request: HttpRequest, need_id: UUID) -> Need:
    require(request.actor, "referrals.send")
    try:
        return need_of(need_id, actor=request.actor)
    except Need.DoesNotExist:
        raise Http404 from None


def words_of_need(need: Need) -> Any:
    found = code("need", need.code)
    return found.title if found else need.code


@dataclass
class Sheet:
    """What somebody typed on the page, or what it begins with."""

    person: UUID
    fields: list[str]
    request: str
    ground: str  # a consent's id, or signed, spoken, law
    legal_basis: str
    key: UUID

    @classmethod
    def read(cls, post: Any, person: UUID, usual: list[str]) -> "Sheet":
        if not post:
            return cls(person, usual, "", "", "", uuid7())
        return cls(
            person, post.getlist("fields"), post.get("request", ""), post.get("ground", ""),
            post.get("legal_basis", "").strip(), _uuid(post.get("key")) or uuid7(),
        )  # fmt: skip


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@never_cache
@needs("referrals.send")
def write(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """What will be told, and on which ground; then exactly what they will read; then it goes out."""
    need, at = _need(request, need_id), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    to = recipient(service=_uuid(given.get("service")), body=_uuid(given.get("body")), on=day(at, zone()))
    if to is None:
        raise Http404
    try:
        card = card_of(need.case, actor=request.actor, at=at)
    except Household.DoesNotExist:
        raise Http404 from None
    person = _person(need, card, given.get("person"))
    can = offered(need.case, person, need, card=card, at=at)
    sheet = Sheet.read(request.POST, person, [field.code for field in can if field.usual])
    wrong, preview, status = "", None, 200
    doing = request.POST.get("do", "")
    try:
        if doing in ("preview", "send"):
            told = {"fields": sheet.fields, "request": sheet.request, "card": card, "at": at}
            preview = payload(need.case, person, need, **told)
            _ground_is_given(sheet)
        if doing == "send":
            made = _send(request, need, to, sheet, at)
            messages.success(request, gettext("The referral is sent."))
            return redirect("referral", made.pk)
    except Referral.DoesNotExist:  # the earlier one that the address names
        raise Http404 from None
    except Refused as refusal:
        wrong, preview, status = in_words(refusal), None, 422
    context = {
        "need": need, "case": need.case, "title": words_of_need(need), "to": to, "sheet": sheet, "wrong": wrong,
        "told": words.told(preview["fields"]) if preview else None, "preview": preview, "again": given.get("again", ""),
        "can": [(field, words.told([{"code": field.code, **field.value}]), field.code in sheet.fields) for field in can],
        "members": [] if need.person_id else [(m.person_id, m.name) for m in card.members],
        "consents": consents_for(person, to.body.pk, purpose=PURPOSE, on=day(at, zone())),
    }  # fmt: skip
    return render(request, "desk/referrals/write.html", context, status=status)


def _person(need: Need, card: Any, typed: str | None) -> UUID:
    """Whom it is about: as the need says, else who was chosen, else the person of the case, else the first member."""
    if need.person_id:
        return card.standing.get(need.person_id, need.person_id)
    chosen = _uuid(typed)
    members = [m.person_id for m in card.members]
    if chosen in members:
        return chosen
    case_person = card.standing.get(need.case.person_id)
    if case_person in members:
        return case_person
    if not members:
        raise Http404
    return members[0]


def _ground_is_given(sheet: Sheet) -> None:
    if not sheet.ground or (sheet.ground == "law" and not sheet.legal_basis):
        raise Refused(
            "no_consent", gettext_noop("Nothing is sent without the person's consent, or a legal basis."),
            gettext_noop("Record the consent for this recipient, or write the law that makes it unnecessary."),
        )  # fmt: skip


@transaction.atomic
def _send(request: HttpRequest, need: Need, to: Recipient, sheet: Sheet, at: datetime) -> Referral:
    """A consent that is given on this page is recorded with the referral, or not at all."""
    by = {"actor": request.actor, "at": at}
    consent = _uuid(sheet.ground)
    earlier = Referral.objects.visible_to(request.actor, "referrals.send").filter(sending_key=sheet.key).first()
    if earlier is not None:
        return earlier
    if sheet.ground in ("signed", "spoken"):
        consent = give_consent(person=sheet.person, purpose=PURPOSE, how=sheet.ground, recipient=to.body.pk, **by).pk
    told = {
        "request": sheet.request, "fields": sheet.fields, "service": to.service, "to_body": to.body, "consent": consent,
        "legal_basis": sheet.legal_basis if sheet.ground == "law" else "", "sending_key": sheet.key,
    }  # fmt: skip
    again = _uuid(request.POST.get("again"))
    if again:
        return refer_again(referral=again, **told, **by)
    return send_referral(case=need.case, need=need, person=sheet.person, **told, **by)
