"""Where cases stand below the desk."""

from django.urls import path

from . import edits, glass, lists, notes, opening, page, reviews

patterns = [
    path("cases/", lists.cases, name="cases"),
    path("household/<uuid:household_id>/case/", opening.case_open, name="case_open"),
    path("cases/<uuid:case_id>/", page.case, name="case"),
    path("cases/<uuid:case_id>/need/", edits.need_add, name="case_need_add"),
    path("cases/<uuid:case_id>/need/<uuid:need_id>/", edits.need_answer, name="case_need"),
    path("cases/<uuid:case_id>/plan/", edits.plan_write, name="case_plan"),
    path("cases/<uuid:case_id>/goal/", edits.goal_add, name="case_goal_add"),
    path("cases/<uuid:case_id>/goal/<uuid:goal_id>/", edits.goal_end, name="case_goal"),
    path("cases/<uuid:case_id>/goal/<uuid:goal_id>/action/", edits.action_add, name="case_action_add"),
    path("cases/<uuid:case_id>/action/<uuid:action_id>/", edits.action_end, name="case_action"),
    path("cases/<uuid:case_id>/visit/", edits.visit_plan, name="case_visit_plan"),
    path("cases/<uuid:case_id>/visit/made/", edits.visit_made, name="case_visit_made"),
    path("cases/<uuid:case_id>/visit/<uuid:visit_id>/", edits.visit_record, name="case_visit"),
    path("cases/<uuid:case_id>/note/", notes.note, name="case_note"),
    path("cases/<uuid:case_id>/note/draft/", notes.note_draft, name="case_note_draft"),
    path("cases/<uuid:case_id>/review/", reviews.review_ask, name="case_review_ask"),
    path("cases/<uuid:case_id>/review/<uuid:review_id>/", reviews.review_decide, name="case_review"),
    path("cases/<uuid:case_id>/level/", edits.level_move, name="case_level"),
    path("cases/<uuid:case_id>/risk/", edits.risk_weigh, name="case_risk"),
    path("cases/<uuid:case_id>/worker/", edits.worker_assign, name="case_worker"),
    path("cases/<uuid:case_id>/close/", reviews.case_close, name="case_close"),
    path("cases/glass/", glass.glass_break, name="glass_break"),
    path("cases/glass/opened/", glass.glass_list, name="glass_list"),
    path("cases/glass/opened/<uuid:broken_glass_id>/", glass.glass_review, name="glass_review"),
]
