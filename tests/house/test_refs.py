"""No reference points at nothing."""

import uuid

from conftest import NOON

from vatra.foundation import refs
from vatra.foundation.audit.commands import record
from vatra.kernel.actor import system
from vatra.kernel.ref import Ref


def test_models_that_point_are_known():
    labels = {model._meta.label for model in refs.pointing_models()}
    assert {"audit.Event", "access.RelationshipGrant"} <= labels


def test_every_registered_kind_is_a_model():
    for kind in refs.kinds():
        assert refs.model_of(kind)


def test_a_sound_reference_is_not_reported(offices):
    record("test.sound", offices.spas, actor=system("test"), at=NOON)
    assert refs.dangling() == []


def test_a_dangling_reference_is_found(offices):
    lost = Ref("people.person", uuid.uuid4())
    record("test.lost", lost, actor=system("test"), at=NOON)
    assert refs.dangling() == [("audit.Event", lost)]


def test_a_reference_of_unknown_kind_is_found(offices):
    strange = Ref("people.dragon", uuid.uuid4())
    record("test.strange", strange, actor=system("test"), at=NOON)
    assert refs.dangling() == [("audit.Event", strange)]


def test_the_count_is_bounded(offices):
    for _ in range(5):
        record("test.lost", Ref("people.person", uuid.uuid4()), actor=system("test"), at=NOON)
    assert len(refs.dangling(limit=3)) == 3
