"""Everything that changes in this room, by what it is about."""

from ..drafts import NewFact, PersonDraft
from .accounts import add_account, end_account
from .consents import end_representation, give_consent, represent, withdraw_consent
from .erasure import erase_person, lift_hold, place_hold
from .facts import record_facts, retract_fact
from .households import (
    add_member,
    end_membership,
    move_household,
    record_kinship,
    register_household,
)
from .persons import add_contact, add_identifier, add_name, correct_person, register_person
from .seals import open_file, seal_household, unseal_household

__all__ = [
    "NewFact",
    "PersonDraft",
    "add_account",
    "add_contact",
    "add_identifier",
    "add_member",
    "add_name",
    "correct_person",
    "end_account",
    "end_membership",
    "end_representation",
    "erase_person",
    "give_consent",
    "lift_hold",
    "move_household",
    "open_file",
    "place_hold",
    "record_facts",
    "record_kinship",
    "register_household",
    "register_person",
    "represent",
    "retract_fact",
    "seal_household",
    "unseal_household",
    "withdraw_consent",
]
