"""Files to the bank: valid against ISO's own schema, exact, and written without gathering."""

import io
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from vatra.rooms.payments.bank.characters import clean, latin, written
from vatra.rooms.payments.bank.initiation import Batch, Debtor, Transfer, WrongSum, write

from .people import iban

ISO = Path(__file__).resolve().parents[6] / "shared" / "data" / "interop" / "iso20022"
SCHEMAS = [
    ISO / "xsd_pyiso20022" / "pain.001.001.09.xsd",
    ISO / "pain001_corpus" / "xsd" / "pain.001.001.09.xsd",
]
NAMES = [
    "Ștefan Țărcă-Bălănescu & Fiii <Târnava>", "سامي عبد الرحمن حداد", "Георги Иванов-Щерев", "Ελένη Παπαδοπούλου",
    "İbrahim Öztürkoğlu", "Szőcs Ütő Ildikó", "O'Brien \"Nelu\"", "X" * 180,
]  # fmt: skip


def batch(count: int, amount: int) -> Batch:
    return Batch("VTFILE", datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 11, 25), "RON", 2, count, amount)


def transfers(count: int):
    for n in range(count):
        yield Transfer(f"VT{n:026d}", f"{NAMES[n % len(NAMES)]}", iban(n), 10_000 + n)


def total(count: int) -> int:
    return count * 10_000 + count * (count - 1) // 2


def file_of(count: int, **debtor: object) -> bytes:
    out = io.BytesIO()
    who = Debtor("Municipiul Târnăveni", "RO49AAAA1B31007593840000", **debtor)
    write(out, batch(count, total(count)), who, transfers(count))
    return out.getvalue()


def schema(path: Path) -> etree.XMLSchema:
    if not path.exists():
        pytest.skip(f"the schema {path.name} is not beside this checkout")
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.parametrize("path", SCHEMAS, ids=["pyiso20022", "corpus"])
@pytest.mark.parametrize("charset", ["utf8", "latin"])
def test_ten_thousand_payments_in_four_scripts_are_valid_and_exact(path, charset):
    content = file_of(10_000, charset=charset)
    root = etree.fromstring(content)
    schema(path).assertValid(root)
    said = {
        tag: root.xpath(f"//*[local-name()='{tag}']/text()") for tag in ("NbOfTxs", "CtrlSum", "InstdAmt", "EndToEndId")
    }
    assert said["NbOfTxs"] == ["10000", "10000"] and len(said["InstdAmt"]) == 10_000
    assert sum(int(text.replace(".", "")) for text in said["InstdAmt"]) == total(10_000)
    assert {text.replace(".", "") for text in said["CtrlSum"]} == {str(total(10_000))}
    assert len(set(said["EndToEndId"])) == 10_000
    assert not root.xpath("//*[local-name()='PstlAdr']")


@pytest.mark.parametrize("path", SCHEMAS, ids=["pyiso20022", "corpus"])
def test_every_wish_of_a_bank_is_valid(path):
    content = file_of(
        3, bic="TREZROBU", service_level="SEPA", charge_bearer="SLEV", batch_booking=True, remittance="Plata 2026-11"
    )
    schema(path).assertValid(etree.fromstring(content))


@pytest.mark.parametrize("path", SCHEMAS[:1], ids=["pyiso20022"])
def test_the_schema_finds_what_is_wrong(path):
    """A faulty control: an account that is none, and a sum with a comma, do not pass."""
    content = file_of(2)
    for good, bad in ((b"<IBAN>RO49", b"<IBAN>ro-9"), (b"<CtrlSum>200", b"<CtrlSum>2,0")):
        assert good in content
        assert not schema(path).validate(etree.fromstring(content.replace(good, bad)))


def test_memory_does_not_grow_with_the_file():
    """What is written is given away at once: ten times the payments cost no more than a few pages of memory."""

    class Sink(io.RawIOBase):
        def write(self, data):
            return len(data)

        def writable(self):
            return True

    def peak(count: int, given) -> int:
        who = Debtor("Municipiul Târnăveni", "RO49AAAA1B31007593840000")
        tracemalloc.start()
        write(Sink(), batch(count, total(count)), who, given)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10, transfers(10))  # whatever is kept from the first time on
    few, many = peak(1_000, transfers(1_000)), peak(10_000, transfers(10_000))
    assert many < few + 64 * 1024, (few, many)

    def gathered(given):
        yield from list(given)

    assert peak(10_000, gathered(transfers(10_000))) > few + 512 * 1024  # a control: who gathers is found


def test_a_file_whose_head_lies_is_not_written():
    out = io.BytesIO()
    who = Debtor("Târnăveni", "RO49AAAA1B31007593840000")
    with pytest.raises(WrongSum):
        write(out, batch(3, total(2)), who, transfers(2))
    with pytest.raises(ValueError, match="payment of 0"):
        write(io.BytesIO(), batch(1, 0), who, iter([Transfer("A", "Ana", iban(1), 0)]))
    with pytest.raises(ValueError, match="nobody"):
        write(io.BytesIO(), batch(1, 5), who, iter([Transfer("A", "\x00 \u202e", iban(1), 5)]))
    with pytest.raises(ValueError, match="not an id"):
        write(io.BytesIO(), batch(1, 5), who, iter([Transfer("ă", "Ana", iban(1), 5)]))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ștefan Țăran", "Stefan Taran"),
        ("Щерев Жеко", "Shcherev Zheko"),
        ("Ελένη Ψαρρά", "Eleni Psarra"),
        ("Iğdır Şöför", "Igdir Sofor"),
        ("سامي حداد", "samy hdad"),
        ("Ana_Maria №5", "Ana Maria 5"),
    ],
)
def test_latin_letters(name, plain):
    assert latin(name).lower() == plain.lower()


def test_what_no_file_carries_goes_and_names_end_where_the_field_ends():
    assert clean("  Ana\x00 \u202eMaria\n") == "Ana Maria"
    assert len(written("x" * 500, "utf8")) == 140
