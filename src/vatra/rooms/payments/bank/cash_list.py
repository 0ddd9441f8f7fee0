"""The list for the cashier: who comes for how much, with a place to sign. A table that any spreadsheet opens."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from .characters import clean
from .initiation import WrongSum, decimal

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    number: str
    name: str
    amount: int


def write(out: IO[bytes], lines: Iterable[Line], *, head: list[str], exponent: int, count: int, amount: int) -> None:
    """Comma-separated, UTF-8 with its mark. Raises WrongSum when the lines are not what was announced."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(head)
    counted = summed = 0
    for each in lines:
        table.writerow([counted + 1, safe(each.number), safe(each.name), decimal(each.amount, exponent), ""])
        counted, summed = counted + 1, summed + each.amount
    text.detach()
    if (counted, summed) != (count, amount):
        raise WrongSum(f"{counted} for {summed} written, {count} for {amount} announced")


def safe(text: str) -> str:
    """A name that begins like a formula is text, whatever opens the table."""
    said = clean(text)
    return f"'{said}" if said.startswith(FORMULA) else said
