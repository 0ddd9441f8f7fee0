"""Every reason shown is true of the pair: checked against what the sentence says, not against how it was found."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from vatra.engines.names import REASONS, Candidate, Reason, fold, query_keys, rank, ranking, skeletons, tokens, wanted
from vatra.engines.names.variants import related_codes

NAMES = [
    "Mohamad",
    "محمد",
    "Mohammed",
    "Ali",
    "علي",
    "Hassan",
    "حسن",
    "Hussein",
    "حسين",
    "Haddad",
    "حداد",
    "Salem",
    "سالم",
    "سليم",
    "Fatma",
    "فاطمة",
    "Ion",
    "Ioan",
    "János",
    "Popescu",
    "Popesco",
    "Mureșan",
    "Muresan",
    "Kovács",
    "Kovach",
    "Mehmet",
    "Ayşe",
    "Yılmaz",
    "YILMAZ",
    "M",
    "Karim",
    "كريم",
    "Samir",
    "سمير",
    "Maria",
    "Marya",
    "Elena",
]
PART = st.sampled_from(NAMES)
FULL = st.lists(PART, min_size=1, max_size=4).map(" ".join)
DAY = st.one_of(st.none(), st.dates(date(1950, 1, 1), date(1951, 12, 31)))
PHONE = st.lists(st.sampled_from(["03123456", "03123457", "+961 03 123 456", "٠٣١٢٣٤٥٦", "71999888"]), max_size=2)
SEX = st.sampled_from([None, "m", "f"])
PLACE = st.sampled_from([None, "Saida", "saida", "Tyr"])
RELATIVES = st.fixed_dictionaries({}, optional={"father": PART, "mother": PART})


def holds(code: str, values: dict, form, found: Candidate) -> bool:
    """Whether a reason is true, by the words of its sentence."""
    years = set(form.birth_years)
    theirs_year = found.birth_date.year if found.birth_date else found.birth_year
    digits = lambda p: re.sub(r"\D", "", "".join(str(int(c)) if c.isdecimal() else c for c in p))[-8:]  # noqa: E731
    shared = {digits(p) for p in form.phones} & {digits(p) for p in found.phones}
    checks = {
        "birth_date_same": lambda: form.birth_date == found.birth_date,
        "birth_date_swapped": lambda: (
            (form.birth_date.day, form.birth_date.month) == (found.birth_date.month, found.birth_date.day)
        ),
        "birth_date_similar": lambda: (
            sum(a != b for a, b in zip(str(form.birth_date), str(found.birth_date), strict=True)) == 1
        ),
        "birth_year_same": lambda: theirs_year in years,
        "birth_year_near": lambda: theirs_year not in years and min(abs(theirs_year - y) for y in years) <= 2,
        "birth_year_differs": lambda: theirs_year not in years,
        "phone_same": lambda: bool(shared),
        "phone_differs": lambda: not shared and bool(form.phones) and bool(found.phones),
        "identifier_same": lambda: found.identifiers_match,
        "sex_same": lambda: form.sex == found.sex,
        "sex_differs": lambda: form.sex != found.sex,
        "locality_same": lambda: fold(form.locality) == fold(found.locality),
        "locality_differs": lambda: fold(form.locality) != fold(found.locality),
    }
    if code in checks:
        return checks[code]()
    ours, theirs = (tokens(values[k])[0] if k in values else "" for k in ("ours", "theirs"))
    everywhere = [t for n in [*found.names, *found.relatives_names.values()] for t in tokens(n)]
    if code == "name_part_missing":
        return ours not in everywhere
    if theirs not in everywhere:
        return False
    how = code.rsplit("_", 1)[1]
    return {
        "same": lambda: ours == theirs,
        "spelling": lambda: bool(set(skeletons(ours)) & set(skeletons(theirs))),
        "similar": lambda: (
            OSA.distance(ours, theirs) <= 2
            or bool(set(skeletons(ours)) & set(skeletons(theirs)))
            or OSA.distance(skeletons(ours)[0], skeletons(theirs)[0]) <= 1
        ),
        "related": lambda: bool(related_codes(ours) & related_codes(theirs)),
        "begins": lambda: theirs.startswith(ours) or skeletons(theirs)[0][:1] == skeletons(ours)[0][:1],
        "differs": lambda: ours != theirs,
    }[how]()


CANDIDATE = st.builds(
    Candidate,
    id=st.just(1),
    names=st.lists(FULL, min_size=1, max_size=2),
    birth_date=DAY,
    birth_year=st.one_of(st.none(), st.integers(1949, 1953)),
    phones=PHONE,
    identifiers_match=st.booleans(),
    locality=PLACE,
    sex=SEX,
    relatives_names=RELATIVES,
)


@given(FULL, DAY, PHONE, SEX, PLACE, RELATIVES, CANDIDATE)
def test_every_reason_of_a_form_is_true(name, born, phones, sex, place, relatives, candidate):
    form = wanted(name, birth_date=born, phones=phones, sex=sex, locality=place, relatives_names=relatives)
    for reason in rank(form, [candidate])[0].reasons:
        assert holds(reason.code, reason.values, form, candidate), (reason, name, candidate)
        assert "%(" not in reason.sentence()


@given(FULL, st.sampled_from(["", " 1950", " 03123456", " 1951 71999888"]), CANDIDATE)
def test_every_reason_of_a_search_is_true(name, more, candidate):
    query = query_keys(name + more)
    for reason in rank(query, [candidate])[0].reasons:
        assert holds(reason.code, reason.values, query, candidate), (reason, name, candidate)


@pytest.mark.parametrize(
    "lie",
    [
        Reason("phone_same"),
        Reason("birth_date_same", {"theirs": "1951-01-02"}),
        Reason("birth_year_same", {"theirs": "1951"}),
        Reason("family_name_same", {"ours": "popescu", "theirs": "ionescu"}),
        Reason("given_name_spelling", {"ours": "ion", "theirs": "maria"}),
        Reason("father_name_same", {"ours": "popescu", "theirs": "popescu"}),
        Reason("name_part_missing", {"ours": "ion"}),
        Reason("locality_same", {"theirs": "Tyr"}),
    ],
)
def test_a_planted_lie_is_caught(monkeypatch, lie):
    """The faulty control: a ranking that says one thing more than is true."""
    form = wanted("Ion Popescu", birth_date=date(1950, 1, 1), phones=["03123456"], locality="Saida")
    other = Candidate(1, ["Ion Maria Ionescu"], birth_date=date(1951, 1, 2), phones=["71999888"], locality="Tyr")
    untrue = lambda: [r for r in rank(form, [other])[0].reasons if not holds(r.code, r.values, form, other)]  # noqa: E731
    assert untrue() == []
    honest = ranking._rest
    monkeypatch.setattr(ranking, "_rest", lambda query, candidate: [*honest(query, candidate), (9.0, lie)])
    assert untrue() == [lie]


def test_a_lie_would_be_noticed():
    """The faulty control."""
    form = wanted("Ion Popescu", birth_date=date(1950, 1, 1), phones=["03123456"])
    other = Candidate(1, ["Ion Ionescu"], birth_date=date(1951, 1, 2), phones=["71999888"])
    assert not holds("birth_date_same", {}, form, other)
    assert not holds("phone_same", {}, form, other)
    assert not holds("family_name_same", {"ours": "popescu", "theirs": "ionescu"}, form, other)


def test_every_code_has_a_sentence_and_the_sentences_are_distinct():
    assert all(re.fullmatch(r"[A-Z].*", sentence) for sentence in REASONS.values())
    assert len(set(REASONS.values())) == len(REASONS)
