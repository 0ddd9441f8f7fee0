"""What is put before the worker. Only names travel through the queue; `tasks.py` does the work."""

from uuid import UUID

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task


@task()
def work_on(cycle: str) -> bool:
    """The worker takes up a cycle as soon as it is ordered."""
    return import_string("vatra.rooms.payments.tasks.go_on_with")(UUID(cycle), at=timezone.now())


@task()
def apply_statement(statement: str) -> bool:
    """The worker goes through the rows of a bank's file as soon as it is kept."""
    return import_string("vatra.rooms.payments.tasks.apply_rows")(UUID(statement), at=timezone.now())
