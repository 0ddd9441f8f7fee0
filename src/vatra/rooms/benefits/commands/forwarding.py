"""Applications that another authority decides: put on a numbered list and sent."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.docket.commands import register_entry
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..assessment import Bodies
from ..models import Application, ForwardedApplication, Forwarding
from ..queries.numbers import number_of
from ..states import APPLICATION_MOVES, ApplicationState
from . import letters
from .applications import close
from .common import ID, about, id_of

LIMIT = 500


@transaction.atomic
def forward(*, applications: Iterable[Application | ID], actor: Actor, at: datetime) -> Forwarding:
    """Send complete applications to the body that decides them, on one list with its number. Nothing is determined.

    Refuses an empty list, one of several programmes or offices, a programme that this authority decides itself, and
    an application that is not complete. All are forwarded, or none.
    """
    wanted = {id_of(each) for each in applications}
    rows = (
        Application.objects.visible_to(actor, "benefits.draft")
        .select_for_update(of=("self",))
        .select_related("programme", "office", "entry__register", "household")
        .filter(pk__in=wanted)
    )
    found = sorted(rows, key=lambda each: (each.filed_on, each.registered_at, each.pk))
    if len(found) != len(wanted):
        raise Application.DoesNotExist
    _check(found)
    programme, office = found[0].programme, found[0].office
    bodies = Bodies.read()
    if bodies.local(programme, office.pk):
        raise Refused(
            "decided_here", gettext_noop("This authority decides “%(programme)s” itself; it is not forwarded."),
            gettext_noop("Draft a decision instead."), programme=programme.code,
        )  # fmt: skip
    made = Forwarding(
        id=uuid7(at), office=office, to_body=bodies.by_code[programme.duties["decides"]["body"]], programme=programme,
        sent_at=at, actor=actor.as_json(),
    )  # fmt: skip
    made.entry = register_entry(
        office=office.pk, register="transmission_list", direction="out", subject="transmission_list",
        ref=Ref("benefits.forwarding", made.pk), actor=actor, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    ForwardedApplication.objects.bulk_create(
        ForwardedApplication(forwarding=made, application=each, row=row) for row, each in enumerate(found, 1)
    )
    made.letter = letters.transmission_list(made, found, actor=actor, at=at)
    made.save(update_fields=["letter"])
    for each in found:
        close(each, ApplicationState.FORWARDED, actor=actor, at=at)
        record(
            "benefits.forwarded", each, actor=actor, at=at, about=about(each), list=number_of(made.entry),
            to=made.to_body.code, forwarding=str(ref(made).id),
        )  # fmt: skip
    return made


def _check(found: list[Application]) -> None:
    if not found:
        raise Refused("empty_list", gettext_noop("Choose at least one application to forward."))
    if len(found) > LIMIT:
        raise Refused("long_list", gettext_noop("A list has at most %(limit)s applications."), limit=LIMIT)
    if len({(each.programme_id, each.office_id) for each in found}) > 1:
        raise Refused(
            "mixed_list", gettext_noop("A list holds applications for one programme, of one office."),
            gettext_noop("Make one list for each programme."),
        )  # fmt: skip
    for each in found:
        if each.state == ApplicationState.REGISTERED:
            raise Refused(
                "papers_missing_in_list", gettext_noop("Application no. %(number)s still lacks papers."),
                gettext_noop("Take it off the list, or see its papers first."), number=number_of(each.entry),
            )  # fmt: skip
        check_move(APPLICATION_MOVES, source=ApplicationState(each.state), target=ApplicationState.FORWARDED)
