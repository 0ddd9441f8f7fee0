"""Letters say what they said when they were made, in four languages, and can be checked by anybody."""

from datetime import date
from pathlib import Path

import pytest
from conftest import NOON, TODAY

from vatra.foundation.docket.commands import register_entry
from vatra.foundation.letters import queries, wording
from vatra.foundation.letters.commands import Content, check_texts, define_template, make_letter
from vatra.foundation.letters.models import Letter, LetterBody, LetterTemplate
from vatra.foundation.letters.reading import read_templates
from vatra.foundation.letters.render import LOOK, pdf
from vatra.foundation.refs import ref
from vatra.kernel.actor import system
from vatra.kernel.money import Money
from vatra.kernel.refused import NoGrant, Refused

US = system("test")
PACK_LETTERS = Path(__file__).parents[5] / "packs" / "ro-tarnaveni" / "letters"
LANGUAGES = ["ro", "ar", "tr", "en"]
needs_fonts = pytest.mark.skipif(not LOOK.exists(), reason="the typeface of letters is not collected: make setup")

APPEAL = {
    "appeal_to": "SPAS Târnăveni", "appeal_days": 30, "appeal_law": "Legea 554/2004 art. 7",
    "court_to": "Tribunalul Mureș", "court_term": "6 luni",
}  # fmt: skip
VALUES = {
    "programme": {"ro": "Ajutor pentru încălzirea locuinței", "en": "Home heating aid"},
    "application_number": "214", "filed_on": date(2026, 11, 2), "law": "Legea 226/2021",
    "beneficiary": "Ştefania Öztürk-Popescu", "known_on": TODAY, "report": "", **APPEAL,
}  # fmt: skip


def decision(**more) -> Content:
    reasons = [
        {"said": {"ro": "Venitul de 362 lei pe membru este sub limita de 1.386 lei.",
                  "en": "Income of 362 lei per member is below the limit of 1,386 lei."},
         "law": "Legea 226/2021 art. 6", "holds": True},
        {"said": {"ro": "Locuința se încălzește cu lemne.", "en": "The home is heated with wood."},
         "law": "Legea 226/2021 art. 7", "holds": True},
    ]  # fmt: skip
    what = {
        "addressee": ["Ştefania Öztürk-Popescu", "Str. Avram Iancu 12", "Târnăveni"],
        "values": VALUES, "reasons": reasons, "leave_out": frozenset({"report"}), "strong": frozenset({"amount_label"}),
        "particulars": {"amount_label": Money(28800, "RON"), "starts_label": date(2026, 12, 1)},
        "signatures": [{"role": {"ro": "Primar", "en": "Mayor"}, "name": "Radu Câmpean", "on": TODAY},
                       {"role": {"ro": "Secretar general", "en": "Secretary general"}, "name": "Vasile Suciu"}],
    }  # fmt: skip
    return Content(**{**what, **more})


@pytest.fixture
def household(offices):
    from vatra.rooms.people.models import Household

    return Household.objects.create(number="TV-1", office=offices.spas, area=offices.town, registered_at=NOON)


@pytest.fixture
def templates(town_pack):
    for each in read_templates(PACK_LETTERS):
        define_template(code=each.code, title=each.title, source=each.source, texts=each.texts, actor=US, at=NOON)


@pytest.fixture
def write(templates, household, offices):
    def make(template="decision_granting", language="ro", content=None):
        entry = register_entry(
            office=offices.spas.pk, register="decision", direction="out", subject="decision", ref=ref(household),
            actor=US, at=NOON,
        )  # fmt: skip
        return make_letter(
            template=template, language=language, content=content or decision(), ref=ref(household), entry=entry,
            office=offices.spas, actor=US, at=NOON,
        )  # fmt: skip

    return make


@needs_fonts
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_bytes_each_time_whatever_changes_later(write, language):
    letter = write(language=language)
    first = pdf(letter)
    assert first.startswith(b"%PDF-")
    LetterTemplate.objects.update(source="broken", texts={})
    assert pdf(Letter.objects.get(pk=letter.pk)) == first


@needs_fonts
def test_another_word_is_another_letter(write):
    """The faulty control of the test above: bytes do depend on what is said."""
    letter = write()
    first = pdf(letter)
    letter.content["texts"]["decides"]["said"] += "!"
    assert pdf(letter) != first


def test_sentences_and_figures_are_frozen_in_the_language(write):
    said = write(language="ar").content
    assert said["dir"] == "rtl"
    value = said["parts"]["particulars"][0]["value"]["said"]
    assert "٢٨٨" in value and "lei" in value
    assert said["parts"]["reasons"][0]["said"] == {
        "said": "Venitul de 362 lei pe membru este sub limita de 1.386 lei.", "lang": "ro", "dir": "ltr",
    }  # fmt: skip
    assert "\u2068Ştefania Öztürk-Popescu\u2069" in said["texts"]["decides"]["said"]


def test_a_language_without_texts_falls_back_to_the_language_of_the_law(write):
    assert write(language="hu").language == "ro"


def test_what_people_typed_never_becomes_markup(write):
    nasty = '#import "/etc/passwd" $x$ *bold* {place} ] #panic()'
    content = decision(addressee=[nasty], values={**VALUES, "beneficiary": nasty})
    letter = write(content=content)
    assert nasty in letter.content["addressee"][0]["said"]
    if LOOK.exists():
        assert pdf(letter).startswith(b"%PDF-")


def test_an_unfilled_place_is_refused_unless_left_out(write):
    values = {key: value for key, value in VALUES.items() if key != "appeal_days"}
    with pytest.raises(wording.MissingWord, match="appeal"):
        write(content=decision(values=values))
    assert "appeal" not in write(
        content=decision(values=values, leave_out=frozenset({"report", "appeal"}))
    ).content["texts"]  # fmt: skip


def test_anybody_may_check_a_letter_and_learns_nothing_personal(write):
    letter = write()
    code = letter.content["check"]["code"]
    found = queries.check(f"{code[:4]}-{code[4:8]}-{code[8:]}".lower())
    assert (found.number, found.on) == ("1", TODAY)
    assert queries.check("ABCDEFGHJKMN") is None


def test_a_letter_is_read_by_who_may_see_its_record(write, household, cast):
    letter = write()
    assert queries.letter_for(letter.pk, actor=cast.ioana) == letter
    with pytest.raises(Letter.DoesNotExist):
        queries.letter_for(letter.pk, actor=cast.sami)
    with pytest.raises(NoGrant):
        queries.letter_for(letter.pk, actor=cast.rozalia)
    household.sealed_at = NOON
    household.save()
    with pytest.raises(Letter.DoesNotExist):
        queries.letter_for(letter.pk, actor=cast.ioana)


def test_a_template_is_described_as_its_pack_says_it(templates):
    for each in read_templates(PACK_LETTERS):
        found = queries.described(each.code)
        assert found == {"title": each.title, "source": each.source, "texts": each.texts}


def test_letters_share_the_text_they_were_made_from(write):
    write(), write(language="ar")
    assert LetterBody.objects.count() == 1


def test_texts_that_do_not_say_the_same_are_refused():
    with pytest.raises(Refused, match="body"):
        check_texts("x", {"ro": {"title": "t", "body": "a {b}"}, "en": {"title": "t", "body": "a"}})
    with pytest.raises(Refused, match="more"):
        check_texts("x", {"ro": {"title": "t", "more": ""}, "en": {"title": "t"}})


@pytest.mark.parametrize("template", [f.stem for f in sorted(PACK_LETTERS.glob("*.typ"))])
def test_each_letter_of_the_pack_speaks_four_languages(template):
    found = {each.code: each for each in read_templates(PACK_LETTERS)}[template]
    assert set(found.texts) == set(LANGUAGES) <= set(found.title)


def test_figures_are_written_as_their_readers_write_them(town_pack):
    assert wording.money(Money(138600, "RON"), "ro") == "1.386\u00a0lei"
    assert wording.money(Money(138650, "RON"), "en") == "1,386.50\u00a0lei"
    assert wording.day(date(2026, 11, 21), "ar") == "٢١ تشرين الثاني ٢٠٢٦"
    assert wording.day(date(2026, 11, 21), "tr") == "21 Kasım 2026"
    with pytest.raises(TypeError):
        wording.written(True, "en")
