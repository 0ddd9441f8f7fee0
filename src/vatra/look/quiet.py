"""Templates receive rows and cannot query.

`QuietTemplates` is Django's template backend. In tests and with VATRA_DEBUG=1 it refuses any query made while a
template renders; in production such a query is only slow, not a reason to fail a page.
"""

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.template.backends.django import DjangoTemplates, Template
from django.utils.functional import SimpleLazyObject, empty


class QueryInTemplate(AssertionError):
    """A template asked the database; the view should have handed it the rows."""


class Guard:
    """Whether queries are refused just now; tests switch it on for all pages."""

    on = bool(settings.DEBUG)


def _refuse(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
    raise QueryInTemplate(f"a template made a query; let the view hand over the rows instead: {sql[:300]}")


@contextmanager
def no_queries():
    """Refuse every query inside, on every database."""
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_refuse))
        yield


class QuietTemplate(Template):
    def render(self, context: dict | None = None, request: Any = None) -> str:
        if not Guard.on:
            return super().render(context, request)
        # Who is asking is known before rendering begins; a lazy user is part of the request, not of the page.
        user = getattr(request, "user", None)
        if isinstance(user, SimpleLazyObject) and user._wrapped is empty:
            user.pk  # noqa: B018
        with no_queries():
            return super().render(context, request)


class QuietTemplates(DjangoTemplates):
    def from_string(self, template_code: str) -> QuietTemplate:
        return QuietTemplate(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> QuietTemplate:
        return QuietTemplate(super().get_template(template_name).template, self)
