"""Account and name of who is paid, frozen on the instruction and encrypted: in clear only in the bank's own file."""

from dataclasses import dataclass

from vatra.rooms.people import vault

from .models import Instruction

KIND = "payments.paid_to"  # bound into the encryption, with the instruction: copied to another it does not open


@dataclass(frozen=True, slots=True)
class PaidTo:
    """`iban` is empty where the money is paid at the desk."""

    iban: str
    holder: str


def seal(found: Instruction, iban: str, holder: str) -> None:
    """Freeze to whom an instruction goes."""
    found.paid_to = vault.encrypt(f"{iban}\n{holder}", person=found.pk, kind=KIND)
    found.account_blind = vault.blind(iban) if iban else ""
    found.account_masked = vault.masked(iban) if iban else ""


def open_for_bank(found: Instruction) -> PaidTo:
    """For the file to the bank, and nothing else. Raises vault.CannotOpen under another secret key."""
    iban, _, holder = vault.decrypt(found.paid_to, person=found.pk, kind=KIND).partition("\n")
    return PaidTo(iban, holder)
