"""The pack of Târnăveni in small."""

import pytest
from conftest import NOON


@pytest.fixture
def town_pack(db):
    from vatra.foundation.catalogue import queries
    from vatra.foundation.catalogue.models import Pack

    queries.forget_all()
    yield Pack.objects.create(
        code="town", version="1", title={"en": "Town"}, digest="town", loaded_at=NOON,
        settings={
            "zone": "Europe/Bucharest", "languages": ["ro", "en"], "currency": "RON",
            "currencies": {"RON": {"exponent": 2, "cash_step": 1, "symbol": {"ro": "lei", "en": "lei"}}},
            "calendar": {"rest_days": ["saturday", "sunday"]},
            "letterheads": {"spas": ["Piața Primăriei 7, 545600 Târnăveni, județul Mureș"]},
        },
    )  # fmt: skip
    queries.forget_all()
