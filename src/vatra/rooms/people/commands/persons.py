"""Persons: registering, correcting, naming."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import fact_definitions
from vatra.kernel.actor import Actor
from vatra.kernel.ids import sealed_id, uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .. import vault
from ..drafts import NewFact, PersonDraft
from ..lists import IDENTIFIER, check_code
from ..models import Contact, Identifier, Identity, Name, Person
from ..numbers import is_sound, shown_of
from ..reach import may_register, the_person
from .facts import write_facts
from .keys import write_first_keys, write_keys

BEGINNING = date(1900, 1, 1)  # from when a sex is valid where not even the year of birth is known
NAME_KINDS = {"official", "birth", "known_as", "kunya", "transliteration"}
CONTACT_KINDS = {"phone", "email"}


@transaction.atomic
def register_person(*, office: UUID, draft: PersonDraft, actor: Actor, at: datetime) -> Person:
    """A person is known from now on, and found by name. Nothing missing blocks it; refuses a draft that says nothing.

    Raises NoGrant where the actor may not register in the office.
    """
    may_register(actor, office=office, area=None)
    person = create_person(office=office, draft=draft, sealed=False, actor=actor, at=at)
    record("people.person_registered", person, actor=actor, at=at, about=[person.pk])
    return person


def create_person(*, office: UUID, draft: PersonDraft, sealed: bool, actor: Actor, at: datetime) -> Person:
    """Write a person with names, identifiers, contacts and keys; the caller announces it."""
    _check_draft(draft, at)
    id_ = sealed_id() if sealed else uuid7(at)
    person = Person.objects.create(
        pk=id_, canonical_id=id_, office_id=office, language=draft.language, registered_at=at,
        sealed_at=at if sealed else None,
    )  # fmt: skip
    Identity.objects.create(
        person=person, display_name=draft.name, birth_date=draft.birth_date, birth_year=draft.year, sex=draft.sex
    )
    name = _write_name(person, "official", draft, at)
    for kind, value, expires_on in draft.identifiers:
        _write_identifier(person, kind, value, expires_on, at)
    contacts = [_write_contact(person, kind, value, safe, at) for kind, value, safe in draft.contacts]
    phones = [contact.value for contact in contacts if contact.kind == "phone"]
    write_first_keys(person, name, draft.year, phones)
    facts = _identity_facts(person, draft)
    if facts:
        write_facts(facts, source="declared", source_ref=None, actor=actor, at=at)
    return person


def _check_length(draft: PersonDraft) -> None:
    if len(draft.name) > 200:
        raise Refused(
            "name_too_long",
            gettext_noop("The name is longer than 200 letters."),
            gettext_noop("Shorten it; further names can be added as other names."),
        )


def _check_draft(draft: PersonDraft, at: datetime) -> None:
    _check_length(draft)
    if draft.empty:
        raise Refused(
            "nothing_said",
            gettext_noop("Nothing is said about this person."),
            gettext_noop("Write a name, or whatever else is known; nothing more is needed."),
        )
    if draft.year and not 1880 <= draft.year <= at.year + 1:
        raise Refused(
            "birth_year_impossible",
            gettext_noop("A birth in %(year)s is not possible."),
            gettext_noop("Correct the year, or leave it empty if it is not known."),
            year=draft.year,
        )
    if draft.birth_date and draft.birth_year and draft.birth_date.year != draft.birth_year:
        raise Refused(
            "birth_year_differs",
            gettext_noop("The date of birth (%(date)s) is not in the year of birth (%(year)s)."),
            gettext_noop("Keep the one that is sure."),
            date=draft.birth_date, year=draft.birth_year,
        )  # fmt: skip


def _identity_facts(person: Person, draft: PersonDraft) -> list[NewFact]:
    """What identity shows, as facts with a history, where the pack declares such facts."""
    defined = fact_definitions()
    born = draft.birth_date or (date(draft.birth_year, 1, 1) if draft.birth_year else BEGINNING)
    said = {"birth_date": draft.birth_date, "sex": draft.sex}
    if not draft.birth_date:
        said["birth_year"] = draft.birth_year
    return [NewFact(person, code, value, born) for code, value in said.items() if value and code in defined]


@transaction.atomic
def correct_person(*, person: Person | UUID, draft: PersonDraft, actor: Actor, at: datetime) -> Person:
    """The official name and identity become what the draft says; parts that the draft leaves empty stay.

    Earlier names stay on record as superseded. Identifiers and contacts of the draft are added.
    """
    known = the_person(person, actor=actor, action="people.register")
    _check_draft(draft, at)
    identity = Identity.objects.get(person=known)
    changed = []
    if draft.name or draft.mother.strip():
        _rename(known, identity, draft, at)
        changed.append("name")
    if draft.language and draft.language != known.language:
        known.language = draft.language
        known.save(update_fields=["language"])
        changed.append("language")
    if draft.year:
        identity.birth_date, identity.birth_year = draft.birth_date, draft.year
        changed.append("birth")
    if draft.sex:
        identity.sex = draft.sex
        changed.append("sex")
    identity.save()
    for kind, value, expires_on in draft.identifiers:
        _write_identifier(known, kind, value, expires_on, at)
    for kind, value, safe in draft.contacts:
        _write_contact(known, kind, value, safe, at)
    write_keys(known)
    facts = _identity_facts(known, draft)
    if facts:
        write_facts(facts, source="declared", source_ref=None, actor=actor, at=at)
    record("people.person_corrected", known, actor=actor, at=at, about=[known.pk], changed=changed)
    return known


def _rename(person: Person, identity: Identity, draft: PersonDraft, at: datetime) -> None:
    live = Name.objects.filter(person=person, kind="official", superseded_at=None)
    before = live.order_by("-recorded_at", "-id").first()
    live.update(superseded_at=at)
    if not draft.name and before:  # only the mother's name is new
        Name.objects.create(
            person=person, kind="official", full=before.full, given=before.given, father=before.father,
            family=before.family, mother=draft.mother.strip(), recorded_at=at,
        )  # fmt: skip
        return
    _write_name(person, "official", draft, at)
    identity.display_name = draft.name


@transaction.atomic
def add_name(
    *, person: Person | UUID, kind: str, full: str, actor: Actor, at: datetime, given: str = "", father: str = "",
    mother: str = "", family: str = "",
) -> Name:  # fmt: skip
    """A person is also found by this name: birth name, what people call them, kunya, another script."""
    if kind not in NAME_KINDS - {"official"}:
        raise Refused("unknown_name_kind", gettext_noop("“%(kind)s” is not a kind of name."), kind=kind)
    known = the_person(person, actor=actor, action="people.register")
    draft = PersonDraft(full_name=full, given=given, father=father, mother=mother, family=family)
    if not draft.name:
        raise Refused("nothing_said", gettext_noop("The name is empty."), gettext_noop("Write the name."))
    name = _write_name(known, kind, draft, at)
    write_keys(known)
    record("people.name_added", known, actor=actor, at=at, about=[known.pk], name_kind=kind)
    return name


@transaction.atomic
def add_identifier(
    *, person: Person | UUID, kind: str, value: str, expires_on: date | None = None, actor: Actor, at: datetime
) -> Identifier:
    """The person has this number; an earlier one of the same kind is superseded. Kept encrypted."""
    known = the_person(person, actor=actor, action="people.register")
    Identifier.objects.filter(person=known, kind=kind, superseded_at=None).update(superseded_at=at)
    made = _write_identifier(known, kind, value, expires_on, at)
    record("people.identifier_added", known, actor=actor, at=at, about=[known.pk], identifier_kind=kind)
    return made


@transaction.atomic
def add_contact(
    *, person: Person | UUID, kind: str, value: str, safe: bool = True, actor: Actor, at: datetime
) -> Contact:
    """The person can be reached here; `safe=False`: it is theirs, but never write or call."""
    known = the_person(person, actor=actor, action="people.register")
    Contact.objects.filter(
        person=known, kind=kind, key=vault.contact_key(kind, value), superseded_at=None
    ).update(superseded_at=at)  # fmt: skip
    made = _write_contact(known, kind, value, safe, at)
    write_keys(known)
    record("people.contact_added", known, actor=actor, at=at, about=[known.pk], contact_kind=kind, safe=safe)
    return made


def _write_name(person: Person, kind: str, draft: PersonDraft, at: datetime) -> Name:
    _check_length(draft)
    return Name.objects.create(
        person=person, kind=kind, full=draft.name, given=draft.given.strip()[:100], father=draft.father.strip()[:100],
        mother=draft.mother.strip()[:100], family=draft.family.strip()[:100], recorded_at=at,
    )  # fmt: skip


def _write_identifier(person: Person, kind: str, value: str, expires_on: date | None, at: datetime) -> Identifier:
    check_code(IDENTIFIER, kind)
    if not vault.normal_identifier(value):
        raise Refused(
            "identifier_empty",
            gettext_noop("The number of “%(kind)s” is empty."),
            gettext_noop("Write it, or leave the row out; no number is needed to register."),
            kind=kind,
        )
    return Identifier.objects.create(
        person=person, kind=kind, cipher=vault.encrypt(value.strip(), person=person.pk, kind=kind),
        blind=vault.blind(value), masked=vault.masked(value, shown_of(kind)), doubtful=not is_sound(kind, value),
        expires_on=expires_on, recorded_at=at,
    )  # fmt: skip


def _write_contact(person: Person, kind: str, value: str, safe: bool, at: datetime) -> Contact:
    if kind not in CONTACT_KINDS:
        raise Refused("unknown_contact_kind", gettext_noop("“%(kind)s” is not a kind of contact."), kind=kind)
    kept = vault.normal_phone(value) if kind == "phone" else value.strip()
    digits = len(kept.lstrip("+"))
    if (kind == "phone" and not 6 <= digits <= 20) or (kind == "email" and ("@" not in kept or len(kept) > 200)):
        raise Refused(
            "contact_not_readable",
            gettext_noop("“%(value)s” is not a telephone number or an address of e-mail."),
            gettext_noop("Correct it, or leave it empty."),
            value=value,
        )
    return Contact.objects.create(
        person=person, kind=kind, value=kept, key=vault.contact_key(kind, value), safe=safe, recorded_at=at
    )
