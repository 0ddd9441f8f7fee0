"""The register of licensed services: each row created, updated, unchanged or rejected with its reason."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOON

from vatra.foundation.audit.models import Event
from vatra.foundation.bodies.models import Body
from vatra.foundation.imports.queries import rows_of
from vatra.kernel.actor import system
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.providers.commands import define_service_types, import_services
from vatra.rooms.providers.models import Provider, Service, ServiceType
from vatra.rooms.providers.reading import Phones, read_phone
from vatra.rooms.providers.registers import load_register, read_nomenclature

ROOT = Path(__file__).resolve().parents[5]
PACK = ROOT / "packs" / "ro-tarnaveni" / "registers"
SHARED = ROOT.parent / "shared" / "data" / "providers" / "ro"
REAL = SHARED / "servicii_sociale_regiunea_centru.csv"
needs_shared = pytest.mark.skipif(not REAL.exists(), reason=f"the real register is not here ({REAL})")

HEADER = "id,name,furnizor,adresa,oras,jud,cod,type,categorie,capacitate,email,phone,lat,lng"
ROWS = [
    '1,Centrul de zi,Fundația Buckner,Avram Iancu 160,Târnăveni,Mureș,8891CZ-C-II,4,"B1.2;B1.3",120,,265443625,46.32,24.26',
    "2,Casa Țânțar,Fundația Buckner,,Târnăveni,Mureș,8891CZ-C-III,4,B1,12,a@b.ro,0265443626,,",
    '3,Adăpostul din Reghin,Asociația Umbra,Lungă 5,Reghin,Mureș,8790CR-VD-I,2,"B1;B3",9,,265511222,46.77,24.7',
]
NOMENCLATURE = [
    {"cod": "8891CZ-C-II", "desc": "Centre de zi", "cat": "Centre de zi pentru copii", "servicii": ["Masă"]},
    {"cod": "8891CZ-CIII", "desc": "Centre de recuperare", "cat": "Centre de zi pentru copii", "servicii": []},
    {"cod": "8790CR-VD-I", "desc": "Centre de primire", "cat": "Victimele violenței", "servicii": []},
]


@pytest.fixture
def bring(db, tmp_path, offices):
    """Import these rows as a file; `bring(rows)`."""
    (tmp_path / "nomenclator_servicii_sociale_70.json").write_text(json.dumps(NOMENCLATURE))

    def go(rows=ROWS, header=HEADER, encoding="utf-8", separator=","):
        path = tmp_path / "register.csv"
        text = "\n".join([header, *rows]) + "\n"
        path.write_bytes(text.replace(",", separator).encode(encoding))
        made = import_services(
            file=path, register=load_register(folder=PACK), actor=system("import"), at=NOON, finished=lambda: NOON
        )
        return made.counts, {row.number: [r["code"] for r in row.reasons] for row in rows_of(made.pk)}

    return go


def outcome(created=0, updated=0, unchanged=0, rejected=0):
    return {"read": created + updated + unchanged + rejected, "created": created, "updated": updated,
            "unchanged": unchanged, "rejected": rejected}  # fmt: skip


def test_created_then_unchanged_then_corrected(bring):
    assert bring()[0] == outcome(created=3)
    assert bring()[0] == outcome(unchanged=3)
    assert bring([ROWS[0], ROWS[1].replace("Țânțar,", "Țânțarul Mic,"), ROWS[2]])[0] == outcome(updated=1, unchanged=2)
    event = Event.objects.get(kind="providers.service_updated")
    assert event.payload == {"changed": {"name": ["Casa Țânțar", "Casa Țânțarul Mic"]}}
    assert Provider.objects.count() == 2
    assert Service.objects.count() == 3


def test_cedilla_and_comma_are_one_letter_in_every_encoding(bring):
    bring()
    cedilla = [row.translate(str.maketrans("șțȘȚ", "şţŞŢ")) for row in ROWS]
    assert bring(cedilla)[0] == outcome(unchanged=3)
    assert bring(cedilla, encoding="cp1250", separator=";")[0] == outcome(unchanged=3)
    assert bring(cedilla, encoding="utf-16", separator="\t")[0] == outcome(unchanged=3)
    assert bring(ROWS, encoding="utf-8-sig")[0] == outcome(unchanged=3)


def test_what_is_missing_or_misspelt_is_kept_and_flagged(bring):
    _, reasons = bring()
    assert reasons[2] == ["phone_zero_restored"]
    assert reasons[3] == ["type_respelt", "street_missing", "coordinates_missing"]
    service = Service.objects.get(source_key="2")
    assert service.service_type_id == "8891CZ-CIII"
    assert [flag["code"] for flag in service.flags] == reasons[3]
    assert Service.objects.get(source_key="1").phone == "0265443625"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ROWS[0].replace("8891CZ-C-II", ""), "type_missing"),
        (ROWS[0].replace("8891CZ-C-II", "9999XX"), "type_unknown"),
        (ROWS[0].replace("Centrul de zi", " - "), "name_missing"),
        (ROWS[0].replace("Fundația Buckner", ""), "provider_missing"),
        (ROWS[0] + ",more", "too_many_cells"),
        (ROWS[0].replace("Centrul de zi", "x" * 401), "too_long"),
        (ROWS[1].replace("2,", "3,", 1), "key_repeated"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why_and_the_others_go_on(bring, row, code):
    counts, reasons = bring([ROWS[2], row])
    assert counts == outcome(created=1, rejected=1)
    assert reasons[3] == [code]


def test_rows_without_numbers_are_known_again_by_what_they_say(bring):
    rows = [row[1:] for row in ROWS]
    assert bring(rows)[0] == outcome(created=3)
    assert bring(rows)[0] == outcome(unchanged=3)
    assert bring([*rows, rows[0]])[0] == outcome(unchanged=3, rejected=1)
    assert bring([row.partition(",")[2] for row in ROWS], header=HEADER.partition(",")[2])[0] == outcome(unchanged=3)


def test_coordinates_exchanged_or_elsewhere(bring):
    _, reasons = bring(
        [ROWS[0].replace("46.32,24.26", '"24,26","46,32"'), ROWS[1][:-1] + "0,0", ROWS[2].replace("24.7", "x")]
    )
    wrong = [next(code for code in reasons[n] if code.startswith("coordinates")) for n in (2, 3, 4)]
    assert wrong == ["coordinates_swapped", "coordinates_outside", "coordinates_unreadable"]
    service = Service.objects.get(source_key="1")
    assert (float(service.latitude), float(service.longitude)) == (46.32, 24.26)


def test_a_service_of_a_known_town_stands_in_its_area(bring, offices):
    bring()
    assert Service.objects.get(source_key="1").area_id == offices.town.pk
    assert Service.objects.get(source_key="3").area_id is None


def test_the_place_of_a_shelter_is_sealed_and_a_correction_does_not_open_it(bring):
    bring()
    shelter = Service.objects.get(source_key="3")
    assert shelter.address_sealed
    assert "reghin" not in shelter.search_text
    assert "lunga" not in shelter.search_text
    bring([ROWS[2].replace("8790CR-VD-I", "8891CZ-C-II")])
    shelter.refresh_from_db()
    assert shelter.service_type_id == "8891CZ-C-II"
    assert shelter.address_sealed
    assert "tarnaveni" in Service.objects.get(source_key="1").search_text  # an open one is found by its place


def test_a_type_sealed_later_seals_its_services(bring):
    bring()
    kind = ServiceType.objects.get(code="8891CZ-C-II")
    register = load_register(folder=PACK)
    register.address_sealed.append("8891CZ-C-II")
    nomenclature = next(draft for draft in _drafts(register) if draft.code == kind.code)
    define_service_types(types=[nomenclature], actor=system("import"), at=NOON)
    service = Service.objects.get(source_key="1")
    assert service.address_sealed
    assert "tarnaveni" not in service.search_text


def _drafts(register):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "n.json"
        path.write_text(json.dumps(NOMENCLATURE))
        return read_nomenclature(register, path)


def test_a_provider_is_one_body_however_it_is_spelt(bring):
    bring([ROWS[0], ROWS[1].replace("Fundația Buckner", "FUNDATIA  „Buckner”")])
    assert Provider.objects.count() == 1
    assert Body.objects.get(name_key="fundatia buckner").name == {"ro": "Fundația Buckner"}
    assert bring([ROWS[0].replace("Fundația", "Fundaţia"), ROWS[1]])[0] == outcome(unchanged=1, updated=1)


def test_without_a_nomenclature_beside_the_pack_s_own_serves(db, tmp_path):
    (tmp_path / "register.csv").write_text("\n".join([HEADER, *ROWS]))
    register = load_register(folder=PACK)

    def go(register):
        return import_services(
            file=tmp_path / "register.csv", register=register, actor=system("import"), at=NOON, finished=lambda: NOON
        ).counts

    with pytest.raises(Refused, match="No kinds of service"):
        go(replace(register, folder=None))
    assert go(register) == outcome(created=3)
    (tmp_path / "nomenclator_x.json").write_text("{]")
    with pytest.raises(Refused, match="cannot be read"):
        go(register)


def test_only_who_may_import_does(cast, tmp_path):
    with pytest.raises(NoGrant):
        import_services(file=tmp_path / "x", actor=cast.elena, at=NOON, finished=lambda: NOON)


@pytest.mark.parametrize(
    ("said", "number", "wrong"),
    [
        ("265443625", "0265443625", "phone_zero_restored"),
        ("265443625.0", "0265443625", "phone_zero_restored"),
        ("0265/443.625", "0265443625", ""),
        ("+40 265 443 625", "0265443625", ""),
        ("0040265443625", "0265443625", ""),
        ("443625", "443625", "phone_incomplete"),
        ("la secretariat", "la secretariat", "phone_incomplete"),
    ],
)
def test_phones(said, number, wrong):
    assert read_phone(said, Phones("0", "40", 9)) == (number, wrong)


@needs_shared
def test_the_real_register(db, django_assert_max_num_queries):
    def go():
        return import_services(
            file=REAL, register=load_register(folder=PACK), actor=system("import"), at=NOON, finished=lambda: NOON
        ).counts

    with django_assert_max_num_queries(60):
        assert go() == outcome(created=494, rejected=1)
    assert go() == outcome(unchanged=494, rejected=1)
    in_town = Service.objects.filter(locality_key="tarnaveni").order_by("sort_key")
    assert sorted(int(service.source_key) for service in in_town) == [418, 1089, 1834]
    assert Service.objects.filter(address_sealed=True).count() == 9
