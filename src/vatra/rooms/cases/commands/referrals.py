"""Sending somebody to a service, and ending it: by the sender."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vatra.foundation.access.commands import make_link as make_signed_link
from vatra.foundation.access.commands import revoke_link as revoke_signed_link
from vatra.foundation.access.commands import revoke_links
from vatra.foundation.access.models import SignedLink
from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.docket.commands import register_entry
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.ids import sealed_id, uuid7
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Consent
from vatra.rooms.people.reach import same_persons, today
from vatra.rooms.providers.models import Service

from ..disclosure import card_of
from ..disclosure import payload as payload_of
from ..models import Case, Need, Referral
from ..models.referrals import digest_of
from ..referral_states import ENDED, WITH_RECIPIENT, ReferralState
from .referral_steps import ended, locked, number_of, start_term, write_step

PURPOSE = "share_referral"


@transaction.atomic
def send_referral(
    *, case: Case | UUID, person: UUID, request: str, fields: Iterable[str], need: Need | UUID | None = None,
    service: Service | UUID | None = None, to_body: Body | UUID | None = None, consent: UUID | None = None,
    legal_basis: str = "", previous: Referral | UUID | None = None, sending_key: UUID | None = None, actor: Actor,
    at: datetime,
) -> Referral:  # fmt: skip
    """A person is sent to a service, or to another unit: numbered, with its first term running.

    What is disclosed is what `fields` and `request` say, frozen as it stands now. Refuses without a consent that
    stands for this recipient or a legal basis; a service that is not offered; a second referral of the same need to
    the same service while the first lives. The same `sending_key` twice is one referral.
    """
    key = sending_key or uuid7(at)
    home = _case(case, actor=actor)
    if twice := Referral.objects.filter(sending_key=key, case=home).first():
        return twice
    wanted = _need(home, need)
    to, where = _recipient(service, to_body, today(at))
    if to.pk == home.office_id and where is None:
        raise Refused(
            "sent_to_oneself", gettext_noop("A referral goes to another unit or to a service."),
            gettext_noop("Choose another recipient, or give the case to a colleague."),
        )  # fmt: skip
    ground, basis = _ground(person, to, consent, legal_basis, at)
    before = _previous(previous, home)
    _not_twice(wanted, where)
    card = card_of(home, actor=actor, at=at)
    told = payload_of(home, person, wanted, fields=fields, request=request, card=card, at=at)
    made = Referral(
        id=sealed_id() if home.sealed_at else uuid7(at), sending_key=key, case=home, need=wanted,
        person_id=same_persons([person]).get(person, person), from_office_id=home.office_id, to_body=to, service=where,
        previous=before, purpose=PURPOSE, consent=ground, legal_basis=basis, payload=told,
        payload_digest=digest_of(told), sent_at=at, sent_by=actor.as_json(),
    )  # fmt: skip
    made.entry = register_entry(
        office=home.office_id, direction="internal" if to.kind == "office" else "out", subject="referral",
        ref=Ref("cases.referral", made.pk), actor=actor, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    write_step(made, ReferralState.SENT, note="", by_recipient=False, actor=actor, at=at)
    start_term(made, actor=actor, at=at)
    record(
        "cases.referred", made, actor=actor, at=at, about=[made.person_id], case=str(home.pk), to=str(to.pk),
        service=str(where.pk) if where else None, fields=sorted(f["code"] for f in told["fields"]),
        digest=made.payload_digest, consent=str(ground.pk) if ground else None, legal_basis=basis,
        number=number_of(made), previous=str(before.pk) if before else None,
    )  # fmt: skip
    return made


def _case(case: Case | UUID, *, actor: Actor) -> Case:
    id_ = case.pk if isinstance(case, Case) else case
    rows = Case.objects.visible_to(actor, "referrals.send").select_for_update(of=("self",))
    found = rows.select_related("household").get(pk=id_)
    if found.closed_at is not None:
        raise Refused(
            "case_closed", gettext_noop("This case is closed."),
            gettext_noop("Open a new one, which names this as the one before."),
        )  # fmt: skip
    return found


def _need(case: Case, need: Need | UUID | None) -> Need | None:
    if need is None:
        return None
    return Need.objects.get(pk=need.pk if isinstance(need, Need) else need, case=case)


def _recipient(service: Service | UUID | None, to_body: Body | UUID | None, on: date) -> tuple[Body, Service | None]:
    if service is not None:
        id_ = service.pk if isinstance(service, Service) else service
        rows = Service.objects.select_related("provider__body", "service_type")
        found = rows.filter(Q(retired_on=None) | Q(retired_on__gt=on), pk=id_).first()
        if found is None:
            raise Refused(
                "service_gone", gettext_noop("This service has left the directory."),
                gettext_noop("Choose another one."),
            )  # fmt: skip
        return found.provider.body, found
    if to_body is None:
        raise Refused("no_recipient", gettext_noop("Choose to whom the referral goes."))
    body = to_body if isinstance(to_body, Body) else Body.objects.filter(pk=to_body, retired_on=None).first()
    if body is None:
        raise Refused("no_recipient", gettext_noop("Choose to whom the referral goes."))
    return body, None


def _ground(person: UUID, to: Body, consent: UUID | None, legal_basis: str, at: datetime) -> tuple[Consent | None, str]:
    """The consent that stands for this purpose and recipient, or the legal basis; one of them, never neither."""
    basis = legal_basis.strip()
    if consent is None and not basis:
        raise Refused(
            "no_consent", gettext_noop("Nothing is sent without the person's consent, or a legal basis."),
            gettext_noop("Record the consent for this recipient, or write the law that makes it unnecessary."),
        )  # fmt: skip
    if consent is None:
        return None, basis[:500]
    rows = Consent.objects.select_for_update(of=("self",)).filter(
        Q(recipient=None) | Q(recipient=to), Q(expires_on=None) | Q(expires_on__gt=today(at)), pk=consent,
        purpose=PURPOSE, withdrawn_at=None, person__in=list(same_persons([person])),
    )  # fmt: skip
    found = rows.first()
    if found is None:
        raise Refused(
            "consent_does_not_hold", gettext_noop("This consent does not hold for this person and recipient today."),
            gettext_noop("Ask the person again, and record what they say."),
        )  # fmt: skip
    return found, ""


def _previous(previous: Referral | UUID | None, case: Case) -> Referral | None:
    if previous is None:
        return None
    id_ = previous.pk if isinstance(previous, Referral) else previous
    found = Referral.objects.select_for_update(of=("self",)).get(pk=id_, case=case)
    if found.state in WITH_RECIPIENT:
        raise Refused(
            "still_open", gettext_noop("The earlier referral is still with its recipient."),
            gettext_noop("Withdraw it first, or wait for the answer."),
        )  # fmt: skip
    if Referral.objects.filter(previous=found).exists():
        raise Refused(
            "sent_again_already", gettext_noop("This referral was sent again already."),
            gettext_noop("Go on from the later one."),
        )  # fmt: skip
    return found


def _not_twice(need: Need | None, service: Service | None) -> None:
    if need is None or service is None:
        return
    if Referral.objects.filter(need=need, service=service, state__in=WITH_RECIPIENT).exists():
        raise Refused(
            "referred_already", gettext_noop("This need is with this service already."),
            gettext_noop("Open the referral to see how it stands."),
        )  # fmt: skip


@transaction.atomic
def refer_again(
    *, referral: Referral | UUID, request: str, fields: Iterable[str], service: Service | UUID | None = None,
    to_body: Body | UUID | None = None, consent: UUID | None = None, legal_basis: str = "",
    sending_key: UUID | None = None, actor: Actor, at: datetime,
) -> Referral:  # fmt: skip
    """What was declined, withdrawn or ended goes to somebody else; the chain stays, and the earlier one is closed."""
    before = locked(referral, actor=actor, action="referrals.send")
    if sending_key and (twice := Referral.objects.filter(sending_key=sending_key, previous=before).first()):
        return twice
    made = send_referral(
        case=before.case_id, person=before.person_id, need=before.need_id, request=request, fields=fields,
        service=service, to_body=to_body, consent=consent, legal_basis=legal_basis, previous=before,
        sending_key=sending_key, actor=actor, at=at,
    )  # fmt: skip
    if before.state not in ENDED:
        close_referral(referral=before, note="", actor=actor, at=at)
    return made


@transaction.atomic
def close_referral(*, referral: Referral | UUID, note: str = "", actor: Actor, at: datetime) -> Referral:
    """The worker has taken note of the answer: nothing more is expected. Links to it open no more."""
    found = locked(referral, actor=actor, action="referrals.send")
    return ended(found, ReferralState.CLOSED, note=note, actor=actor, at=at)


@transaction.atomic
def withdraw_referral(*, referral: Referral | UUID, because: str, actor: Actor, at: datetime) -> Referral:
    """The sender takes it back; what it said is closed to the recipient from this moment. Refuses without a reason."""
    found = locked(referral, actor=actor, action="referrals.send")
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the referral is withdrawn."))
    found.withdrawn_because = because.strip()[:500]
    return ended(found, ReferralState.WITHDRAWN, note="", actor=actor, at=at)


@transaction.atomic
def make_link(*, referral: Referral | UUID, expires_at: datetime, actor: Actor, at: datetime) -> tuple[SignedLink, str]:
    """A page for somebody without an account: whoever holds the link reads this referral and answers it.

    Returns the link, and its secret, which is not kept and cannot be shown again. The one before opens no more.
    Refuses a referral that does not wait for its recipient.
    """
    found = locked(referral, actor=actor, action="referrals.send")
    if found.state not in WITH_RECIPIENT:
        raise Refused(
            "nothing_to_answer", gettext_noop("This referral waits for no answer of its recipient."),
            gettext_noop("Send it again if somebody is still to help."),
        )  # fmt: skip
    revoke_links(ref=ref(found), actor=actor, at=at)
    return make_signed_link(
        ref=ref(found), body=found.to_body_id, actions=["referrals.view", "referrals.answer"], expires_at=expires_at,
        actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def revoke_link(*, referral: Referral | UUID, link: UUID, actor: Actor, at: datetime) -> SignedLink:
    """The link opens nothing any more."""
    found = locked(referral, actor=actor, action="referrals.send")
    mine = SignedLink.objects.get(pk=link, ref_kind="cases.referral", ref_id=found.pk)
    return revoke_signed_link(link=mine.pk, actor=actor, at=at)


def withdraw_with_consent(consent: UUID, *, actor: Actor, at: datetime) -> int:
    """A consent was withdrawn: everything that rests on it and is still with a recipient is taken back."""
    rows = Referral.objects.filter(consent=consent, state__in=WITH_RECIPIENT).values_list("pk", flat=True)
    taken = 0
    for id_ in list(rows):
        withdraw_referral(referral=id_, because=CONSENT_GONE, actor=actor, at=at)
        taken += 1
    return taken


CONSENT_GONE = "consent_withdrawn"  # a code: pages say it in their reader's language
