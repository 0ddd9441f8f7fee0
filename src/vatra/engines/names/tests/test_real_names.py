"""The skeletons on names nobody here wrote: Wikidata pairs (English, Arabic) and popular names of countries."""

import csv
import random
from pathlib import Path

import pytest

from vatra.engines.names import skeleton, skeletons

LINKAGE = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "linkage"
PAIRS = LINKAGE / "wikidata_ar_en" / "wd_arabic_64"
FORENAMES = LINKAGE / "names_by_country" / "common-forenames-by-country.csv"


def shares(pairs, *, seed=1, tries=100_000):
    """(share of true pairs that meet, share of random pairs that do)"""
    meet = sum(not set(skeletons(a)).isdisjoint(skeletons(b)) for a, b in pairs) / len(pairs)
    pick = random.Random(seed)
    wrong = sum(
        not set(skeletons(pick.choice(pairs)[0])).isdisjoint(skeletons(pick.choice(pairs)[1])) for _ in range(tries)
    )
    return meet, wrong / tries


@pytest.mark.skipif(not PAIRS.exists(), reason="the shared Wikidata name pairs are not beside this checkout")
def test_wikidata_pairs_meet_and_random_ones_do_not(record_property):
    pairs = []
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        latin, arabic, _ = line.split("\t")
        pairs.append((latin, arabic.replace(" ", "")))
    meet, wrong = shares(pairs)
    record_property("meet", round(meet, 4))
    record_property("random_meet", round(wrong, 6))
    print(f"\nwd_arabic_64: {len(pairs)} pairs, {meet:.4f} meet; of random pairs {wrong:.6f}")
    assert meet >= 0.87
    assert wrong <= 0.001


@pytest.mark.skipif(not FORENAMES.exists(), reason="the shared popular names are not beside this checkout")
def test_popular_names_meet_their_romanised_form():
    """Every script the data has for the countries served: the localised and the romanised spelling share a reading."""
    found, missed = 0, []
    with FORENAMES.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["Country"] in {
                "AE",
                "DZ",
                "EG",
                "IQ",
                "JO",
                "LB",
                "LY",
                "MA",
                "PS",
                "SA",
                "SY",
                "TN",
                "TR",
                "RO",
                "HU",
                "MD",
                "UA",
                "BG",
            }:
                found += 1
                if set(skeletons(row["Localized Name"])).isdisjoint(skeletons(row["Romanized Name"])):
                    missed.append((row["Localized Name"], row["Romanized Name"]))
    print(f"\npopular names: {found} rows, missed {missed}")
    assert found > 100
    assert len(missed) <= 0.03 * found, missed


def test_a_careless_skeleton_would_be_caught():
    """The faulty control: keeping two letters makes everybody meet, and `shares` sees it."""
    names = ["Mohamad", "Marwan", "Maryam", "Samir", "Salim", "Sahar", "Hassan", "Haddad", "Ibrahim", "Ismail"]
    same = [(a, b) for a in names for b in names if a != b]
    assert sum(skeleton(a)[:1] == skeleton(b)[:1] for a, b in same) / len(same) > 0.1
    assert sum(skeleton(a) == skeleton(b) for a, b in same) == 0
