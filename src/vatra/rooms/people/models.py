"""Persons and households, known once. Identity columns live in tables of their own, so that erasure can blank them."""

from django.db import models
from django.db.models import F, Q

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.ids import uuid7


class Person(models.Model):
    """`canonical_id` names the record that stands for this person after a merge; every read groups by it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    canonical_id = models.UUIDField(db_index=True)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    sealed_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    SCOPE = Scope(kind="people.person", record="pk", office="office", sealed="sealed_at")


class Identity(models.Model):
    """Birth, death and sex as shown and searched; the facts of the same name carry their history."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="identity")
    display_name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True)
    birth_year = models.SmallIntegerField(null=True, db_index=True)
    sex = models.CharField(max_length=16, blank=True)
    died_on = models.DateField(null=True)


class Name(models.Model):
    """A name a person goes by, as one line and in parts where they are known."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # official, birth, known_as, kunya, transliteration
    full = models.CharField(max_length=200)
    given = models.CharField(max_length=100, blank=True)
    father = models.CharField(max_length=100, blank=True)
    mother = models.CharField(max_length=100, blank=True)
    family = models.CharField(max_length=100, blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)


class NameKey(models.Model):
    """Search keys, written in the transaction that writes the name. A sealed person has none."""

    key = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="name_key_once")]
        indexes = [models.Index(fields=["person"])]


class Identifier(models.Model):
    """A number a person was given. Stored encrypted, found by blind index, shown masked."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)  # a code of the pack's list
    cipher = models.BinaryField()
    blind = models.CharField(max_length=64, db_index=True)
    masked = models.CharField(max_length=64)
    doubtful = models.BooleanField(default=False)  # does not look like a number of its kind; kept and flagged
    expires_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"])]


class Contact(models.Model):
    """A way to reach a person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # phone, email
    value = models.CharField(max_length=200)
    key = models.CharField(max_length=64, db_index=True)  # normalised, for search
    safe = models.BooleanField(default=True)  # False: never write or call here
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)


class Household(models.Model):
    """People who live and manage together. `number` is what the desk calls it by."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=32, unique=True)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    SCOPE = Scope(kind="people.household", record="pk", office="office", area="area__path", sealed="sealed_at")


class Dwelling(models.Model):
    """Where a household lives, from a day on."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=300, blank=True)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)


class Membership(models.Model):
    """A person belongs to a household, in a role, for a time; as it was known from `recorded_at` on."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32)  # a code of the pack's list: head, spouse, partner, child, grandchild…
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["household"]), models.Index(fields=["person"])]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(valid_to=None, superseded_at=None),
                name="member_once_at_a_time",
            )
        ]


class Kinship(models.Model):
    """`person` is the `relation` of `relative`: mother, father, guardian, spouse."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=32)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="nobody_is_their_own_relative", condition=~Q(person=F("relative")))]


class Consent(models.Model):
    """What a person agreed to, for which purpose and which recipient. No row means no."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=64)  # a code of the pack's list
    recipient = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=32)  # signed, spoken, online
    actor = models.JSONField()


class Representation(models.Model):
    """Somebody acts, or is paid, for a person: on which legal basis, for what, and until when."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=16)  # representative, payee
    basis = models.CharField(max_length=32)  # a code of the pack's list: parent, guardianship, power_of_attorney…
    scope = models.JSONField(default=list)  # programme codes; empty means all
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    ended_on = models.DateField(null=True)  # ended early: from this day, known since `ended_at`
    ended_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["person"]), models.Index(fields=["by_person"])]
        constraints = [
            models.CheckConstraint(name="nobody_represents_themselves", condition=~Q(person=F("by_person"))),
            models.CheckConstraint(
                name="ended_representation_is_dated",
                condition=Q(ended_on=None, ended_at=None) | Q(ended_on__isnull=False, ended_at__isnull=False),
            ),
        ]


class PaymentAccount(models.Model):
    """Where a person's money goes, from a day on. The number is stored encrypted, found by blind index, shown masked."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, default="iban")
    cipher = models.BinaryField()
    blind = models.CharField(max_length=64, db_index=True)
    masked = models.CharField(max_length=64)
    holder_name = models.CharField(max_length=140)  # as the bank knows whoever holds it
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    ended_on = models.DateField(null=True)  # the first day on which it is not used, known since `ended_at`
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["person"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_account_in_use_of_a_person"
            ),
            models.CheckConstraint(
                name="ended_account_is_dated",
                condition=Q(ended_on=None, ended_at=None) | Q(ended_on__isnull=False, ended_at__isnull=False),
            ),
        ]


class Fact(models.Model):
    """What is known, from when to when, since when it is known, and from where.

    Immutable but for `superseded_at` and `retracted_at`. Money, integers, booleans (0/1) and numbers
    (scaled by 10⁶, percentages too) are in `number`; dates (ISO), codes and texts in `text`.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    definition = models.ForeignKey("catalogue.FactDefinition", on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=32)  # declared, document, register, form, import, decision
    source_kind = models.CharField(max_length=64, blank=True)
    source_id = models.UUIDField(null=True)
    question = models.CharField(max_length=128, blank=True)  # the question of the form that was asked
    # What remains of an earlier fact when a newer one covers a part of its period is written again: this is the
    # fact that was really said, and when.
    restates = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "definition"], condition=Q(person__isnull=False), name="fact_of_person"),
            models.Index(
                fields=["household", "definition"],
                condition=Q(household__isnull=False),
                name="fact_of_household",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="fact_of_one_subject",
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
            ),
            models.CheckConstraint(
                name="fact_period_in_order", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]


class HouseholdNumber(models.Model):
    """The letters and the last number of an office's households: `SPAS-00042`."""

    office = models.OneToOneField("bodies.Body", primary_key=True, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=8, unique=True)
    last = models.PositiveIntegerField(default=0)


class LegalHold(models.Model):
    """What is known of a person must be kept for a court or an inquiry: no erasure until it is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    actor = models.JSONField()
