"""Files are kept once, read only through their record, and checked when they are read."""

import pytest
from conftest import NOON
from django.conf import settings

from vatra.foundation.files.commands import content_type_of, path_of, store
from vatra.foundation.files.models import StoredFile
from vatra.foundation.files.queries import FileDamaged, open_file
from vatra.foundation.refs import ref
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant, Refused


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    object_home = settings.VATRA.home
    object.__setattr__(settings.VATRA, "home", tmp_path)
    yield tmp_path
    object.__setattr__(settings.VATRA, "home", object_home)


@pytest.fixture
def household(offices):
    from vatra.rooms.people.models import Household

    return Household.objects.create(number="TV-1", office=offices.spas, area=offices.town, registered_at=NOON)


def keep(household, cast, content=b"%PDF-1.7 a payslip", name="payslip.pdf"):
    return store(content=content, name=name, ref=ref(household), actor=cast.elena, at=NOON)


def test_a_colleague_reads_it_and_another_office_does_not(household, cast):
    kept = keep(household, cast)
    assert open_file(kept.pk, actor=cast.ioana).content == b"%PDF-1.7 a payslip"
    with pytest.raises(StoredFile.DoesNotExist):
        open_file(kept.pk, actor=cast.sami)
    with pytest.raises(NoGrant):
        open_file(kept.pk, actor=cast.rozalia)


def test_a_seal_on_the_household_closes_its_files(household, cast):
    kept = keep(household, cast)
    household.sealed_at = NOON
    household.save()
    with pytest.raises(StoredFile.DoesNotExist):
        open_file(kept.pk, actor=cast.ioana)


def test_a_file_of_no_record_is_read_by_nobody(cast):
    kept = store(content=b"x", name="x", ref=None, actor=cast.elena, at=NOON)
    with pytest.raises(StoredFile.DoesNotExist):
        open_file(kept.pk, actor=cast.elena)


def test_a_kind_that_declares_no_scope_is_read_by_nobody(cast, offices):
    kept = store(content=b"x", name="x", ref=Ref("access.user", offices.spas.pk), actor=cast.elena, at=NOON)
    with pytest.raises(StoredFile.DoesNotExist):
        open_file(kept.pk, actor=cast.elena)


def test_the_same_content_is_on_disk_once(household, cast, home):
    first, second = keep(household, cast), keep(household, cast, name="again.pdf")
    assert first.digest == second.digest and first.pk != second.pk
    assert len([p for p in (home / "files").rglob("*") if p.is_file()]) == 1


def test_damage_on_disk_is_seen(household, cast):
    kept = keep(household, cast)
    path_of(kept.digest).write_bytes(b"something else")
    with pytest.raises(FileDamaged):
        open_file(kept.pk, actor=cast.elena)


def test_names_and_types_are_not_believed(household, cast):
    kept = keep(household, cast, content=b"<script>", name="..\\..\\etc/passwd.pdf")
    assert (kept.name, kept.content_type) == ("passwd.pdf", "application/octet-stream")
    assert content_type_of(b"\x89PNG\r\n") == "image/png"


def test_empty_and_huge_files_are_refused(household, cast):
    with pytest.raises(Refused, match="empty"):
        keep(household, cast, content=b"")
    with pytest.raises(Refused, match="20 MB"):
        keep(household, cast, content=b"x" * (20 * 1024 * 1024 + 1))
