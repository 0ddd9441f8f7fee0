"""The search keys of a person, written in the transaction that changes what they are made of."""

from vatra.engines.names import search_keys

from ..models import Contact, Identity, Name, NameKey, Person


def names_for_keys(name: Name) -> list[str]:
    """One line for each way in which the parts of a name are asked for together."""
    parts = [name.full, f"{name.given} {name.father} {name.family}", f"{name.given} {name.mother}"]
    return [line for line in dict.fromkeys(" ".join(part.split()) for part in parts) if line]


def write_keys(person: Person) -> None:
    """Make the key table agree with names, birth year and telephones. Who is sealed or erased has no keys: a search
    then does not even touch them, and takes no longer for it."""
    NameKey.objects.filter(person=person).delete()
    if person.sealed_at or person.erased_at:
        return
    names = [line for n in Name.objects.filter(person=person, superseded_at=None) for line in names_for_keys(n)]
    year = Identity.objects.values_list("birth_year", flat=True).get(person=person)
    phones = Contact.objects.filter(person=person, kind="phone", superseded_at=None).values_list("value", flat=True)
    _write(person, names, year, list(phones))


def write_first_keys(person: Person, name: Name, year: int | None, phones: list[str]) -> None:
    """The same for somebody just written, of whom all this is at hand and nothing stands in the table yet."""
    if not person.sealed_at:
        _write(person, names_for_keys(name), year, phones)


def _write(person: Person, names: list[str], year: int | None, phones: list[str]) -> None:
    keys = search_keys(names, birth_year=year, phones=phones)
    NameKey.objects.bulk_create([NameKey(key=key, person=person) for key in sorted(keys)])
