"""What the commands of this room share."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.foundation.catalogue.queries import zone
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import open_item
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.rooms.people.models import Person

from ..models import Application, Decision
from ..queries.numbers import number_of

ID = UUID | str


def id_of(record: Any) -> UUID:
    found = getattr(record, "pk", None) or getattr(record, "id", None) or record
    return found if isinstance(found, UUID) else UUID(str(found))


def today(at: datetime) -> date:
    return day(at, zone())


def locked_application(application: Any, *, actor: Actor, action: str) -> Application:
    """The application with its programme, locked. Raises Application.DoesNotExist where the actor may not."""
    rows = Application.objects.visible_to(actor, action).select_for_update(of=("self",))
    return rows.select_related("programme", "office", "household", "entry__register").get(pk=id_of(application))


def locked_decision(decision: Any, *, actor: Actor, action: str) -> Decision:
    rows = Decision.objects.visible_to(actor, action).select_for_update(of=("self",))
    return rows.select_related(
        "application__programme", "application__office", "application__entry__register", "determination", "household",
        "entry__register",
    ).get(pk=id_of(decision))  # fmt: skip


def about(application: Application) -> list[UUID]:
    return list(dict.fromkeys([application.applicant_id, application.beneficiary_id]))


def canonical(person: UUID) -> UUID:
    return Person.objects.values_list("canonical_id", flat=True).get(pk=person)


def wait_for(
    step: str, application: Application, *, action: str, due_on: date | None, at: datetime, user: UUID | None = None
) -> None:
    """The application waits for the next step; `step` replaces whatever it waited for before under the same name."""
    open_item(
        key=f"benefits.{step}:{application.pk}", kind=f"benefits.{step}", ref=ref(application),
        office=application.office_id, action=action, user=user, due_on=due_on, at=at,
        values={
            "programme": application.programme.title, "code": application.programme.code,
            "number": number_of(application.entry) if application.entry else "",
            "filed_on": application.filed_on.isoformat(),
        },
    )  # fmt: skip
