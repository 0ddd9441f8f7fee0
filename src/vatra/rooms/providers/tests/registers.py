"""A small register for tests of other places: three open services and a shelter."""

import csv
import io
import json
from pathlib import Path

from conftest import NOON

from vatra.kernel.actor import system
from vatra.rooms.providers.commands import import_services
from vatra.rooms.providers.registers import load_register

PACK = Path(__file__).resolve().parents[5] / "packs" / "ro-tarnaveni" / "registers"
HEADER = [
    "id",
    "name",
    "furnizor",
    "adresa",
    "oras",
    "jud",
    "cod",
    "type",
    "categorie",
    "capacitate",
    "email",
    "phone",
    "lat",
    "lng",
]
NOMENCLATURE = [
    {"cod": "8891CZ-C-II", "desc": "Centre de zi", "cat": "Centre de zi pentru copii", "servicii": ["Masă"]},
    {"cod": "8891CZ-CIII", "desc": "Centre de recuperare", "cat": "Centre de zi pentru copii", "servicii": []},
    {"cod": "8790CR-VD-I", "desc": "Centre de primire", "cat": "Victimele violenței", "servicii": []},
]


def row(number: int, name: str, **cells: str) -> list[str]:
    given = {
        "furnizor": "Fundația Buckner", "adresa": "Avram Iancu 160", "oras": "Târnăveni", "jud": "Mureș",
        "cod": "8891CZ-C-II", "type": "4", "categorie": "B1.2", "lat": "46.32", "lng": "24.26",
    }  # fmt: skip
    given |= {"id": str(number), "name": name} | cells
    return [given.get(column, "") for column in HEADER]


SHELTER = row(
    9, "Adăpostul din Brădeni", furnizor="Asociația Umbra", adresa="Tainică 5", oras="Brădeni", jud="Sibiu",
    cod="8790CR-VD-I", type="2", categorie="B3", phone="269511222", email="ascuns@umbra.example", lat="46.07", lng="24.83",
)  # fmt: skip


def bring(folder: Path, rows: list[list[str]]) -> dict[str, int]:
    """Import these rows; returns the counts."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    (folder / "register.csv").write_text(text.getvalue())
    (folder / "nomenclator_servicii_sociale_70.json").write_text(json.dumps(NOMENCLATURE))
    made = import_services(
        file=folder / "register.csv", register=load_register(folder=PACK), actor=system("import"), at=NOON,
        finished=lambda: NOON,
    )  # fmt: skip
    return made.counts
