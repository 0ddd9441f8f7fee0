"""The desk: pages for people who work here."""

from django.urls import path

from . import day, imports, measured, plans, policy, screening, unhelped
from .benefits import application, lists, papers
from .cases.urls import patterns as cases
from .household import edits, page
from .payments.urls import patterns as payment_patterns
from .referrals.urls import patterns as referral_patterns
from .register import views as registering
from .window import contact, request, search
from .window import household as window

urlpatterns = [
    path("", search.window, name="window"),
    path("household/<uuid:household_id>/window/", window.household_window, name="household_window"),
    path("household/<uuid:household_id>/beside/", window.household_beside, name="household_beside"),
    path("household/<uuid:household_id>/answer/", window.household_answer, name="household_answer"),
    path("household/<uuid:household_id>/apply/", request.household_apply, name="household_apply"),
    path("household/<uuid:household_id>/screening/", screening.screening, name="household_screening"),
    path("policy/", policy.policy, name="policy"),
    path("policy/<slug:code>/", policy.policy_plan, name="policy_plan"),
    path("policy/<slug:code>/sums.csv", measured.plan_file, name="measured_plan_file"),
    path("policy/<slug:code>/measured/<uuid:node_id>/", measured.indicator, name="measured"),
    path("policy/<slug:code>/measured/<uuid:node_id>/figures.csv", measured.indicator_file, name="measured_file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:import_id>/", imports.import_report, name="import_report"),
    path("policy/<slug:code>/stages/", plans.policy_stages, name="policy_stages"),
    path("policy/<slug:code>/stages/move/", plans.policy_stage_move, name="policy_stage_move"),
    path("policy/<slug:code>/stages/<uuid:stage_id>/paper/", plans.policy_paper_add, name="policy_paper_add"),
    path(
        "policy/<slug:code>/papers/<uuid:paper_id>/back/", plans.policy_paper_take_back, name="policy_paper_take_back"
    ),
    path("policy/<slug:code>/at/<str:node>/", plans.policy_node, name="policy_node"),
    path("indicators/<slug:code>/", plans.indicator, name="indicator"),
    path("unhelped/", unhelped.unhelped, name="unhelped"),
    path("programmes/", policy.programmes, name="programmes"),
    path("programmes/<slug:code>/", policy.programme, name="programme"),
    path("programmes/<slug:code>/again/<uuid:ruleset_id>/", policy.programme_again, name="programme_again"),
    path("pack/", policy.pack_differences, name="pack_differences"),
    path("register/", registering.register, name="register"),
    path("register/likely/", registering.likely, name="register_likely"),
    path("household/<uuid:household_id>/", page.household, name="household"),
    path("household/<uuid:household_id>/fact/", edits.fact, name="household_fact"),
    path("household/<uuid:household_id>/fact/<int:fact_id>/wrong/", edits.fact_wrong, name="household_fact_wrong"),
    path("household/<uuid:household_id>/member/", edits.member_add, name="household_member_add"),
    path("household/<uuid:household_id>/member/<uuid:person_id>/", edits.member_correct, name="household_member"),
    path("household/<uuid:household_id>/member/<uuid:person_id>/end/", edits.member_end, name="household_member_end"),
    path("household/<uuid:household_id>/move/", edits.move, name="household_move"),
    path("household/<uuid:household_id>/acting/", edits.acting_add, name="household_acting"),
    path(
        "household/<uuid:household_id>/acting/<uuid:representation_id>/end/",
        edits.acting_end,
        name="household_acting_end",
    ),
    path("household/<uuid:household_id>/consent/", edits.consent_add, name="household_consent"),
    path(
        "household/<uuid:household_id>/consent/<uuid:consent_id>/withdraw/",
        edits.consent_withdraw,
        name="household_consent_withdraw",
    ),
    path("household/<uuid:household_id>/seal/", edits.seal, name="household_seal"),
    path("contacts/", contact.contact_open, name="contact_open"),
    path("contacts/<uuid:contact_id>/close/", contact.contact_close, name="contact_close"),
    path("household/<uuid:household_id>/certify/", application.household_certify, name="household_certify"),
    path("applications/", lists.applications, name="applications"),
    path("applications/<uuid:application_id>/", application.application, name="application"),
    path("applications/<uuid:application_id>/<slug:step>/", application.application_step, name="application_step"),
    path("decisions/", lists.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/delivery/", application.decision_delivery, name="decision_delivery"),
    path("decisions/<uuid:decision_id>/<slug:step>/", application.decision_step, name="decision_step"),
    path("forwarding/", lists.forwarding, name="forwarding"),
    path("day/", day.my_day, name="my_day"),
    *payment_patterns,
    *referral_patterns,
    path("letters/<uuid:letter_id>.pdf", papers.letter_pdf, name="letter_pdf"),
    path("files/<uuid:file_id>/", papers.stored_file, name="stored_file"),
    *cases,
]
