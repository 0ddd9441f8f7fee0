"""Templates receive rows and cannot query."""

import pytest
from django.template import engines

from vatra.foundation.upkeep.models import Round
from vatra.look.quiet import Guard, QueryInTemplate


def test_pages_of_all_tests_are_rendered_under_the_guard():
    assert Guard.on


def test_a_template_that_queries_is_refused(db):
    Round.objects.create(code="x")
    page = engines["django"].from_string("{% for round in rounds %}{{ round.code }}{% endfor %}")
    with pytest.raises(QueryInTemplate, match="upkeep_round"):
        page.render({"rounds": Round.objects.all()})
    assert page.render({"rounds": list(Round.objects.all())}) == "x"


def test_a_foreign_key_followed_in_a_template_is_refused(db, cast):
    from vatra.foundation.access.models import RoleGrant

    page = engines["django"].from_string("{{ grant.role.code }}")
    with pytest.raises(QueryInTemplate):
        page.render({"grant": RoleGrant.objects.first()})


def test_outside_of_templates_nothing_is_refused(db):
    engines["django"].from_string("x").render({})
    assert Round.objects.count() == 0


def test_in_production_the_page_is_served_all_the_same(db, monkeypatch):
    monkeypatch.setattr(Guard, "on", False)
    page = engines["django"].from_string("{{ rounds.count }}")
    assert page.render({"rounds": Round.objects}) == "0"
