"""States, levels and kinds in words, and how they look."""

from vatra.kernel.words import gettext_noop

# state → (shape, word)
CASE = {
    "opened": ("ask", gettext_noop("needs are being found out")),
    "active": ("yes", gettext_noop("plan in force")),
    "in_review": ("ask", gettext_noop("with the supervisor")),
    "closed": ("no", gettext_noop("closed")),
}
NEED = {
    "open": ("ask", gettext_noop("open")),
    "met": ("yes", gettext_noop("met")),
    "unmet": ("act", gettext_noop("unmet")),
}
PLAN = {
    "draft": ("ask", gettext_noop("not yet approved")),
    "in_force": ("yes", gettext_noop("in force")),
    "ended": ("no", gettext_noop("ended")),
}
GOAL = {
    "open": ("ask", gettext_noop("open")),
    "reached": ("yes", gettext_noop("reached")),
    "dropped": ("no", gettext_noop("given up")),
}
ACTION = {
    "planned": ("ask", gettext_noop("planned")),
    "done": ("yes", gettext_noop("done")),
    "dropped": ("no", gettext_noop("dropped")),
}
VISIT = {
    "planned": ("ask", gettext_noop("planned")),
    "done": ("yes", gettext_noop("made")),
    "missed": ("act", gettext_noop("nobody there")),
    "cancelled": ("no", gettext_noop("called off")),
}
REVIEW = {
    "asked": ("ask", gettext_noop("awaited")),
    "approved": ("yes", gettext_noop("approved")),
    "returned": ("act", gettext_noop("returned")),
}
REVIEW_KINDS = {
    "plan": gettext_noop("Approval of the plan"),
    "periodic": gettext_noop("Review"),
    "closing": gettext_noop("Approval of the closure"),
}
RISK = {
    "low": ("no", gettext_noop("low risk")),
    "medium": ("ask", gettext_noop("medium risk")),
    "high": ("act", gettext_noop("high risk")),
}
LEVELS = {
    "primary_prevention": gettext_noop("Primary prevention"),
    "secondary_prevention": gettext_noop("Secondary prevention"),
    "case_management": gettext_noop("Case management"),
    "specialised": gettext_noop("Specialised services"),
    "intensive": gettext_noop("Intensive services"),
}
OWNERS = {
    "worker": gettext_noop("the worker"),
    "family": gettext_noop("the family"),
    "provider": gettext_noop("a provider"),
}
# What stands on the timeline of a case: (shape, sentence). Codes only; what was written stays where it was written.
EVENTS = {
    "opened": ("yes", gettext_noop("The case was opened")),
    "assigned": ("no", gettext_noop("Another worker took over")),
    "risk_weighed": ("ask", gettext_noop("The risk was weighed anew")),
    "need_recorded": ("no", gettext_noop("A need was recorded")),
    "need_met": ("yes", gettext_noop("A need was met")),
    "need_unmet": ("act", gettext_noop("A need stays unmet")),
    "need_open": ("ask", gettext_noop("A need came back")),
    "plan_written": ("no", gettext_noop("The plan was written on")),
    "goal_added": ("no", gettext_noop("A goal was added")),
    "goal_reached": ("yes", gettext_noop("A goal was reached")),
    "goal_dropped": ("no", gettext_noop("A goal was given up")),
    "action_added": ("no", gettext_noop("An action was planned")),
    "action_done": ("yes", gettext_noop("An action was done")),
    "action_dropped": ("no", gettext_noop("An action was dropped")),
    "visit_planned": ("no", gettext_noop("A visit was planned")),
    "visit_done": ("yes", gettext_noop("A visit was made")),
    "visit_missed": ("act", gettext_noop("Nobody was there for the visit")),
    "visit_cancelled": ("no", gettext_noop("A visit was called off")),
    "note_written": ("no", gettext_noop("A note was written")),
    "review_asked": ("ask", gettext_noop("A supervisor was asked")),
    "review_approved": ("yes", gettext_noop("A supervisor approved")),
    "review_returned": ("act", gettext_noop("A supervisor returned it")),
    "level_moved": ("ask", gettext_noop("The level of care changed")),
    "closed": ("yes", gettext_noop("The case was closed")),
}
DAY = {
    "term": gettext_noop("Term"),
    "action": gettext_noop("To do"),
    "others": gettext_noop("Owed by others"),
    "visit": gettext_noop("Visit"),
    "draft": gettext_noop("Unfinished note"),
}
# What a work item on a case asks of somebody.
WORK = {
    "cases.assigned": gettext_noop("A case was given to you"),
    "cases.review": gettext_noop("Approve or return"),
    "cases.returned": gettext_noop("Mend: the supervisor returned it"),
    "remind.soon:case.action": gettext_noop("A planned action will soon be due"),
    "remind.late:case.action": gettext_noop("A planned action is late"),
    "remind.head:case.action": gettext_noop("A planned action has been late for days"),
    "remind.soon:case.term": gettext_noop("A term of a case will soon end"),
    "remind.late:case.term": gettext_noop("A term of a case has passed"),
    "remind.head:case.term": gettext_noop("A term of a case passed days ago"),
}
