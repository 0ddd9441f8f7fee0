"""Who may see and do what with payments; sealed people above all."""

from uuid import UUID

import pytest
import yaml
from conftest import NOON, PACK

from vatra.foundation.access.commands import grant_role, tie
from vatra.foundation.access.models import Role, User
from vatra.foundation.files.models import StoredFile
from vatra.foundation.files.queries import open_file
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.payments import commands, queries
from vatra.rooms.payments.models import BankFile, Cycle, Instruction
from vatra.rooms.people.models import Household

from .people import AT, HORIA, MONTH, entitle, run, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast, offices):
    return town(budget=10_000_000, office=offices.spas)


def cycle_of(here, cast) -> Cycle:
    made = commands.prepare_cycle(programme=here.programme, period=MONTH, actor=cast.carmen, at=AT)
    run(made)
    return made


def paid_out(here, cast) -> Cycle:
    made = cycle_of(here, cast)
    commands.check_cycle(cycle=made, actor=cast.carmen, at=AT)
    commands.approve_cycle(cycle=made, actor=cast.horia, at=AT)
    commands.export_cycle(cycle=made, pay_on=AT.date(), actor=cast.carmen, at=AT)
    run(made)
    return made


def test_each_does_their_part(here, cast):
    entitle(here, 2)
    for who in (cast.elena, cast.horia):
        with pytest.raises((NoGrant, Cycle.DoesNotExist)):
            commands.prepare_cycle(programme=here.programme, period=MONTH, actor=who, at=AT)
    cycle = cycle_of(here, cast)
    assert [item.kind for item in waiting_for(cast.carmen)] == ["payments.check"]
    commands.check_cycle(cycle=cycle, actor=cast.carmen, at=AT)
    assert [item.kind for item in waiting_for(cast.horia)] == ["payments.approve"] and not waiting_for(cast.carmen)
    assert "approve" in queries.cycle_card(cycle.pk, actor=cast.horia).may
    assert "approve" not in queries.cycle_card(cycle.pk, actor=cast.carmen).may
    with pytest.raises(NoGrant):
        commands.approve_cycle(cycle=cycle, actor=cast.carmen, at=AT)
    commands.approve_cycle(cycle=cycle, actor=cast.horia, at=AT)
    with pytest.raises(NoGrant):
        commands.export_cycle(cycle=cycle, pay_on=AT.date(), actor=cast.horia, at=AT)


def test_nobody_holds_both_roles(cast):
    """As the pack says it: whoever prepares does not approve."""
    said = {role["code"]: role for role in yaml.safe_load((PACK / "roles.yaml").read_text())}
    for code in ("payments_officer", "budget_holder"):
        Role.objects.filter(code=code).update(incompatible_with=said[code]["incompatible_with"])
    with pytest.raises(Refused) as refused:
        grant_role(
            user=User.objects.get(username="carmen"), role="budget_holder", because="x", actor=cast.rozalia, at=NOON
        )
    assert refused.value.code == "incompatible_roles"


def test_another_office_sees_nothing(here, cast):
    entitle(here, 1)
    cycle = paid_out(here, cast)
    row = Instruction.objects.get()
    for asks in (
        lambda: queries.cycles(actor=cast.sami), lambda: queries.cycle_card(cycle.pk, actor=cast.sami),
        lambda: queries.trail(row.pk, actor=cast.sami), lambda: queries.payments_of(actor=cast.sami),
        lambda: queries.statements(actor=cast.sami),
    ):  # fmt: skip
        with pytest.raises(NoGrant):
            asks()


def test_files_are_opened_by_those_who_pay_and_by_nobody_else(here, cast):
    entitle(here, 1)
    cycle = paid_out(here, cast)
    kept = BankFile.objects.get()
    for who in (cast.carmen, cast.horia):
        assert b"<IBAN>" in open_file(kept.file_id, actor=who).content
    assert queries.files_of(cycle.pk, actor=cast.doina)[0].file_id is None  # sees payments, opens no files
    with pytest.raises(NoGrant):
        open_file(kept.file_id, actor=cast.doina)
    for who in (cast.elena, cast.sami):
        with pytest.raises((NoGrant, StoredFile.DoesNotExist)):
            open_file(kept.file_id, actor=who)


def test_sealed_people_are_counted_and_shown_to_those_who_are_tied(here, cast):
    entitle(here, 2)
    entitle(here, 1, sealed=True)
    cycle = cycle_of(here, cast)
    found = queries.checks(cycle.pk, actor=cast.carmen)
    assert (found.due, found.unpaid, found.unseen, found.reasons) == (3, 1, 1, {"sealed": 1})
    assert found.entitled_unpaid == []
    rows, total = queries.instructions(cycle.pk, actor=cast.carmen)
    assert total == 2 and queries.cycle_card(cycle.pk, actor=cast.carmen).unseen == 1
    sealed = Instruction.objects.get(reason="sealed")
    with pytest.raises(Instruction.DoesNotExist):
        queries.trail(sealed.pk, actor=cast.carmen)
    with pytest.raises(Instruction.DoesNotExist):
        commands.include_instruction(instruction=sealed, actor=cast.carmen, at=AT)
    ref = Ref("people.household", sealed.household_id)
    tie(ref=ref, user=UUID(cast.carmen.id), action_class="work", because="plătește", actor=HORIA, at=AT)
    commands.include_instruction(instruction=sealed, actor=cast.carmen, at=AT)
    commands.check_cycle(cycle=cycle, actor=cast.carmen, at=AT)
    commands.approve_cycle(cycle=cycle, count=3, actor=cast.horia, at=AT)
    assert queries.instructions(cycle.pk, actor=cast.horia)[1] == 2
    assert all(each.beneficiary for each in rows)


def test_an_attempt_in_a_home_that_is_sealed_since_is_not_shown_beside_another(here, cast):
    """Left out of a first cycle, then moved into a home that is sealed: the second attempt is no way to it."""
    entitle(here, 2)
    cycle = paid_out(here, cast)
    row = Instruction.objects.filter(cycle=cycle).first()
    other = Household.objects.exclude(pk=row.household_id).get()
    commands.return_instruction(instruction=row, on=AT.date(), reason="MS03", actor=cast.carmen, at=AT)
    again = commands.correct_and_resend(instruction=row, actor=cast.carmen, at=AT)
    assert len(queries.trail(row.pk, actor=cast.carmen).attempts) == 2
    Instruction.objects.filter(pk=again.pk).update(household=other)
    Household.objects.filter(pk=other.pk).update(sealed_at=AT)
    assert [each.id for each in queries.trail(row.pk, actor=cast.carmen).attempts] == [row.pk]


def test_lists_ask_the_database_no_more_for_many(here, cast, django_assert_max_num_queries):
    entitle(here, 60)
    cycle = cycle_of(here, cast)
    with django_assert_max_num_queries(8):
        queries.instructions(cycle.pk, actor=cast.carmen, limit=50)
    with django_assert_max_num_queries(22):
        queries.checks(cycle.pk, actor=cast.carmen)
    with django_assert_max_num_queries(14):
        queries.cycle_card(cycle.pk, actor=cast.carmen)
