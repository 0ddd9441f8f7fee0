"""The public directory: found, filtered, paged, drawn; and the place of a shelter told nowhere."""

import re

import pytest

from vatra.rooms.providers.models import Service, ServiceType
from vatra.rooms.providers.tests.registers import SHELTER, bring, row

SECRETS = ("Brădeni", "bradeni", "Tainică", "46.07", "24.83", "0269511222", "269511222", "ascuns@", "Sibiu", "sibiu")
MANY = [row(100 + n, f"Casa {n:02}", oras="Târgu Mureș", lat="46.54", lng="24.56") for n in range(45)]


@pytest.fixture
def register(db, tmp_path):
    bring(
        tmp_path,
        [
            row(1, "Centrul de zi Țânțar", phone="265443625", email="zi@buckner.example"),
            row(2, "Casa Speranței", cod="8891CZ-CIII", categorie="B1", oras="Reghin", lat="46.77", lng="24.7"),
            row(3, "Clubul seniorilor", categorie="B4", type="6", oras="Blaj", jud="Alba", lat="", lng=""),
            SHELTER,
            *MANY,
        ],
    )
    return tmp_path


def names(page) -> list[str]:
    return re.findall(r'<h3><a href="[^"]+"[^>]*>(?:<span[^>]*>)?([^<]+)<', page.content.decode())


def page_of(client, number: str):
    return client.get(f"/directory/service/{Service.objects.get(source_key=number).pk}/")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=tantar", ["Centrul de zi Țânțar"]),
        ("q=TINTAR+NU", []),
        ("q=ŢÂNŢAR+tarnav", ["Centrul de zi Țânțar"]),
        ("q=day+centres&county=alba", ["Clubul seniorilor"]),
        ("kind=8891CZ-CIII", ["Casa Speranței"]),
        ("kind=8891CZ-C&q=reghin", ["Casa Speranței"]),
        ("group=B4", ["Clubul seniorilor"]),
        ("group=B1.3", ["Casa Speranței"]),  # who serves all children serves these
        ("form=6", ["Clubul seniorilor"]),
        ("county=alba", ["Clubul seniorilor"]),
        ("county=mures&place=reghin", ["Casa Speranței"]),
        ("q=%00&kind=x", []),
    ],
)
def test_what_is_asked_is_found(client, register, question, found):
    page = client.get(f"/directory/?{question}")
    assert page.status_code == 200
    assert names(page) == found


def test_paging_by_key_there_and_back(client, register):
    seen, address, pages = [], "/directory/?q=casa", []
    while address:
        page = client.get(address)
        pages.append(names(page))
        seen += pages[-1]
        onward = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        address = onward and onward[1].replace("&amp;", "&")
    assert [len(found) for found in pages] == [20, 20, 6]
    assert seen == sorted(seen)
    back = re.search(r'href="([^"]+)" rel="prev"', page.content.decode())[1].replace("&amp;", "&")
    assert names(client.get(back)) == pages[1]
    assert names(client.get("/directory/?after=nonsense"))


def test_the_map_says_what_its_table_says(client, register):
    text = client.get("/directory/?county=mures").content.decode()
    assert text.count('<use href="#tile" class="tile-') == 3
    table = re.findall(r"<bdi>([^<]+)</bdi></a></th><td class=\"num\"><bdi class=\"num\">(\d+)<", text)
    assert table == [("Târgu Mureș", "45"), ("Reghin", "1"), ("Târnăveni", "1")]
    assert "Place not shown" in client.get("/directory/").content.decode()


def test_a_page_stays_small_and_asks_little(client, register, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page = client.get("/directory/?county=mures")
    assert len(page.content) < 100_000
    with django_assert_max_num_queries(6):
        page_of(client, "1")


@pytest.mark.parametrize("language", ["ro", "ar", "tr", "en"])
def test_every_language(client, register, language):
    client.cookies["django_language"] = language
    for page in (client.get("/directory/"), page_of(client, "1"), page_of(client, "9")):
        assert page.status_code == 200
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page.content.decode()


def told(client) -> str:
    """Everything that the public pages say, whatever is asked; what a question itself holds is not an answer."""
    provider = Service.objects.get(source_key="9").provider_id
    pages = [
        client.get("/directory/?kind=8790CR-VD-I"), client.get("/directory/?q=umbra"), page_of(client, "9"),
        client.get(f"/directory/provider/{provider}/"), client.get("/directory/"),
    ]  # fmt: skip
    return " ".join(page.content.decode() for page in pages)


def test_the_place_of_a_shelter_is_told_nowhere(client, register):
    text = told(client)
    assert "Centre de primire" in text or "Emergency reception" in text
    assert "Asociația Umbra" in text
    assert not [secret for secret in SECRETS if secret in text]
    for question in ("q=bradeni", "q=tainica", "q=adapostul", "q=sibiu", "county=sibiu", "county=sibiu&place=bradeni"):
        assert names(client.get(f"/directory/?{question}")) == [], question
    assert names(client.get("/directory/?q=umbra"))  # found by its provider


def test_control_an_unsealed_one_is_told(client, register):
    """The same checks find the place once the seal is gone: they can fail."""
    ServiceType.objects.filter(code="8790CR-VD-I").update(address_sealed=False)
    Service.objects.filter(source_key="9").update(address_sealed=False, search_text=" adapostul din bradeni umbra")
    assert {"Brădeni", "Tainică", "0269511222", "ascuns@", "Sibiu"} <= {s for s in SECRETS if s in told(client)}
    assert names(client.get("/directory/?q=bradeni")) == ["Adăpostul din Brădeni"]


def test_the_type_alone_seals(client, register):
    """A pack that seals a type hides its services at once, before they are imported again."""
    Service.objects.filter(source_key="9").update(address_sealed=False)
    assert not [secret for secret in SECRETS if secret in told(client)]


def test_the_provider_s_own_number_is_told_for_a_shelter(client, register):
    bring(register, [row(1, "Biroul", furnizor="Asociația Umbra", phone="269511222", oras="Blaj", jud="Alba")])
    assert "0269511222" in page_of(client, "9").content.decode()


def test_what_is_not_there(client, register):
    for address in ("service", "provider"):
        assert client.get(f"/directory/{address}/01a201ee-9956-76d4-bcea-7cdf46dc8811/").status_code == 404
    assert client.post("/directory/").status_code == 405
    assert "No service answers this" in client.get("/directory/?q=zzz").content.decode()


def test_an_empty_directory(client, db):
    assert client.get("/directory/").status_code == 200
