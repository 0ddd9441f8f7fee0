"""Changing a household's file. Every change is one small page: a form, its errors in place, and back to the file."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import require
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.places.queries import area
from vatra.kernel.days import day
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.rooms.people.commands import (
    NewFact,
    PersonDraft,
    add_contact,
    add_identifier,
    add_member,
    correct_person,
    end_membership,
    end_representation,
    give_consent,
    move_household,
    record_facts,
    represent,
    retract_fact,
    seal_household,
    unseal_household,
    withdraw_consent,
)  # fmt: skip
from vatra.rooms.people.models import Household
from vatra.rooms.people.queries import HouseholdCard, MemberCard, consents_of, household_card, known
from vatra.web.actions import needs

from ..editing import acting as _acting
from ..editing import edited
from ..editing import posted as _data
from ..fields import as_error
from ..register.sheet import blank, look_for_duplicates, posted
from .forms import (
    ActingForm,
    ConsentForm,
    EndForm,
    FactForm,
    JoinForm,
    MoveForm,
    PersonForm,
    ReasonForm,
    RetractForm,
    WhatForm,
    first_values,
    recordable,
    split,
)  # fmt: skip
from .values import typed_again

Act = Callable[[dict[str, Any]], object]


def _card(request: HttpRequest, household_id: UUID, action: str) -> HouseholdCard:
    """The household as it is now. 403 without the action anywhere, 404 where it is not theirs to change."""
    require(request.actor, action)
    at = timezone.now()
    if not Household.objects.visible_to(request.actor, action).filter(pk=household_id).exists():
        raise Http404
    return household_card(household_id, valid_on=day(at, zone()), known_at=at, actor=request.actor)


def _member(card: HouseholdCard, person_id: UUID) -> MemberCard:
    member = card.member(person_id)
    if member is None:
        raise Http404
    return member


def _today() -> str:
    return f"{day(timezone.now(), zone()):%d.%m.%Y}"


def _edit(
    request: HttpRequest, card: HouseholdCard, form: forms.Form, act: Act, *, title: str, lead: str, done: str,
    about: Any = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """One form: shown, refused in its place, or done."""
    return edited(
        request, form, act, lambda _: redirect("household", household_id=card.id), done=done,
        template="desk/household/edit.html",
        context={"card": card, "title": title, "lead": lead, "about": about, **more},
    )  # fmt: skip


@needs("people.record")
def fact(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Record something about a member or the household, or correct it: first whom and what, then the value."""
    card = _card(request, household_id, "people.record")
    asked = "subject" in request.GET and "fact" in request.GET
    what = WhatForm(request.GET if asked else None, card=card, initial=request.GET.dict())
    if not asked or not what.is_valid():
        return render(request, "desk/household/what.html", {"card": card, "form": what})
    kind, id_ = split(what.cleaned_data["subject"])
    definition = next(row for row in recordable(kind) if row.code == what.cleaned_data["fact"])
    before = _known_now(card, id_, definition.code)
    initial = {"valid_from": _today(), "source": "declared"}
    if before:
        initial |= {"value": typed_again(definition, before.value), "valid_from": f"{before.valid_from:%d.%m.%Y}"}
    form = FactForm(_data(request), definition=definition, initial=initial)

    def act(said: dict[str, Any]) -> None:
        new = NewFact(
            Ref(f"people.{kind}", id_), definition.code, said["value"], said["valid_from"], said["valid_to"], "desk"
        )
        record_facts(facts=[new], source=said["source"], **_acting(request))

    member = card.member(id_)
    return _edit(
        request, card, form, act, title=gettext("Record what is known"), lead=gettext("Record"),
        done=gettext("Recorded."), about=definition.question or definition.title,
        who=member.name if member else "", before=before, help=definition.help,
    )  # fmt: skip


def _known_now(card: HouseholdCard, subject: UUID, code: str) -> Any:
    at = timezone.now()
    rows = known(card.id, valid_on=day(at, zone()), known_at=at, standing=card.standing)
    return next((row for row in rows if row.subject_id == subject and row.code == code), None)


@needs("people.record")
def fact_wrong(request: HttpRequest, household_id: UUID, fact_id: int) -> HttpResponse:
    """A fact was wrong and nothing takes its place."""
    card = _card(request, household_id, "people.record")
    at = timezone.now()
    rows = known(card.id, valid_on=day(at, zone()), known_at=at, standing=card.standing)
    row = next((row for row in rows if row.id == fact_id), None)
    if row is None:
        raise Http404
    return _edit(
        request, card, RetractForm(_data(request)),
        lambda said: retract_fact(fact=fact_id, because=said["because"], **_acting(request)),
        title=gettext("This is wrong"), lead=gettext("Withdraw it"), done=gettext("It is not known any more."),
        about=row.title, before=row,
    )  # fmt: skip


@needs("people.register")
def member_add(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Somebody comes into the household: a new person, or one who is known already."""
    card = _card(request, household_id, "people.register")
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data["rows"] = "1"
    sheet = posted(data) if data is not None else None
    form = JoinForm(_data(request), initial={"since": _today()})
    if sheet is None:
        sheet = blank()
        sheet.rows[0].form.initial["role"] = "child"
    else:
        look_for_duplicates(sheet, request.actor)
    stopped, status = False, 200
    if request.method == "POST" and request.POST.get("do") == "register":
        status, row = 422, sheet.rows[0]
        if not row.form.counts():
            form.add_error(None, gettext("Nothing is said about this person."))
        elif row.form.is_valid() and form.is_valid():
            stopped = sheet.unseen
            if not stopped:
                try:
                    person = row.form.existing_id() or row.form.draft()
                    add_member(
                        household=card.id, person=person, role=row.form.cleaned_data["role"],
                        since=form.cleaned_data["since"], **_acting(request),
                    )  # fmt: skip
                except Refused as refusal:
                    form.add_error(None, as_error(refusal))
                else:
                    messages.success(request, gettext("The member was added."))
                    return redirect("household", household_id=card.id)
    context = {"card": card, "sheet": sheet, "form": form, "stopped": stopped, "asked": sheet.rows[0].form.is_bound}
    return render(request, "desk/household/member_add.html", context, status=status)


@needs("people.register")
def member_end(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    member = _member(card, person_id)
    return _edit(
        request, card, EndForm(_data(request), initial={"on": _today()}),
        lambda said: end_membership(household=card.id, person=person_id, **said, **_acting(request)),
        title=gettext("No longer a member"), lead=gettext("End the membership"),
        done=gettext("The membership has ended."), about=member.name,
    )  # fmt: skip


@needs("people.register")
def member_correct(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    """Correct a member's name, birth or sex, or add a number or a telephone."""
    card = _card(request, household_id, "people.register")
    member = _member(card, person_id)
    form = PersonForm(_data(request), initial=first_values(member))

    def act(said: dict[str, Any]) -> None:
        on, year = said["born"]
        parts = {name: said[name] for name in ("given", "family", "father", "mother", "sex", "language")}
        whole = "" if said["given"] or said["family"] else said["whole"]
        draft = PersonDraft(full_name=whole, birth_date=on, birth_year=year, **parts)
        who = {"person": person_id, **_acting(request)}
        correct_person(draft=draft, **who)
        if said["number"]:
            add_identifier(kind=said["number_kind"], value=said["number"], expires_on=said["expires"], **who)
        if said["phone"]:
            add_contact(kind="phone", value=said["phone"], safe=not said["unsafe"], **who)

    return _edit(
        request, card, form, act, title=gettext("Correct or complete"), lead=gettext("Keep"), done=gettext("Kept."),
        about=member.name, note=gettext("What is left empty stays as it is. Given and family name replace the whole name."),
    )  # fmt: skip


@needs("people.register")
def move(request: HttpRequest, household_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    initial = {"area": str(card.area.pk) if card.area else "", "since": _today()}

    def act(said: dict[str, Any]) -> None:
        place = area(UUID(said["area"])) if said["area"] else None
        move_household(household=card.id, area=place, line=said["line"], since=said["since"], **_acting(request))

    return _edit(
        request, card, MoveForm(_data(request), initial=initial), act, title=gettext("A new address"),
        lead=gettext("Keep"), done=gettext("The new address is kept."), about=card.address,
    )  # fmt: skip


@needs("people.register")
def acting_add(request: HttpRequest, household_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    form = ActingForm(_data(request), card=card, initial={"valid_from": _today()})
    return _edit(
        request, card, form,
        lambda said: represent(**{**said, "person": UUID(said["person"]), "by_person": UUID(said["by_person"])}, **_acting(request)),
        title=gettext("Somebody acts or is paid for a member"), lead=gettext("Keep"), done=gettext("Kept."),
    )  # fmt: skip


@needs("people.register")
def acting_end(request: HttpRequest, household_id: UUID, representation_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    row = next((r for r in (*card.representatives, *card.payees) if r.id == representation_id), None)
    if row is None:
        raise Http404
    return _edit(
        request, card, EndForm(_data(request), initial={"on": _today()}),
        lambda said: end_representation(representation=representation_id, **said, **_acting(request)),
        title=gettext("This ends"), lead=gettext("End it"), done=gettext("It has ended."), about=row.by,
    )  # fmt: skip


@needs("people.register")
def consent_add(request: HttpRequest, household_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    return _edit(
        request, card, ConsentForm(_data(request), card=card),
        lambda said: give_consent(**{**said, "person": UUID(said["person"])}, **_acting(request)),
        title=gettext("Somebody agrees"), lead=gettext("Keep the consent"), done=gettext("The consent is kept."),
    )  # fmt: skip


@needs("people.register")
def consent_withdraw(request: HttpRequest, household_id: UUID, consent_id: UUID) -> HttpResponse:
    card = _card(request, household_id, "people.register")
    if consent_id not in {consent.pk for consent in consents_of(card.standing)}:
        raise Http404
    return _edit(
        request, card, forms.Form(_data(request)),
        lambda said: withdraw_consent(consent=consent_id, **_acting(request)),
        title=gettext("They do not agree any more"), lead=gettext("Withdraw the consent"),
        done=gettext("The consent is withdrawn."),
    )  # fmt: skip


@needs("people.seal")
def seal(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Seal or unseal the household, with the reason."""
    card = _card(request, household_id, "people.seal")
    command = unseal_household if card.sealed else seal_household
    note = gettext("Sealed, the household and its members are found and seen only by you and by whom you tie to them.")
    return _edit(
        request, card, ReasonForm(_data(request)),
        lambda said: command(household=card.id, because=said["because"], **_acting(request)),
        title=gettext("Unseal this record") if card.sealed else gettext("Seal this record"),
        lead=gettext("Unseal") if card.sealed else gettext("Seal"),
        done=gettext("The record is unsealed.") if card.sealed else gettext("The record is sealed."),
        note="" if card.sealed else note,
    )  # fmt: skip
