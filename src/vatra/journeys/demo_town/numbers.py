"""Numbers as the pack says they look: with a sound check digit, and such that nobody can have them."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any


def identifier(born: date, sex: str, said: Mapping[str, Any], made: Mapping[str, Any], rng: random.Random) -> str:
    """A number of the kind that `said` (the pack's code) describes, telling this birth and sex.

    `made` gives the digits between birth and serial; the pack's author chooses ones that are not given out.
    """
    tells = said["tells"]
    centuries = {digit for digit, years in tells["birth_date"]["century"].items() if 0 <= born.year - years < 100}
    first = sorted(centuries & set(tells["sex"].get(sex, centuries)))[0]
    serial = str(rng.randrange(1, 10 ** made["serial"])).zfill(made["serial"])
    body = f"{first}{born:%y%m%d}{made['filler']}{serial}"
    check = said["check"]
    total = sum(int(digit) * weight for digit, weight in zip(body, check["weights"], strict=True))
    rest = str(total % check["modulus"])
    return body + str(check.get("instead", {}).get(rest, rest))


def phone(made: Mapping[str, Any], rng: random.Random) -> str:
    return made["prefix"] + "".join(str(rng.randrange(10)) for _ in range(made["digits"]))


def paper(made: Mapping[str, Any], rng: random.Random) -> str:
    """A paper with letters and digits: MS 123456."""
    return f"{rng.choice(made['letters'])} " + "".join(str(rng.randrange(10)) for _ in range(made["digits"]))
