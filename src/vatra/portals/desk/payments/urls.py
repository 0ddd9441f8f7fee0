"""Addresses of money at the desk: rights, monthly lists, cycles, payments, the budget."""

from django.urls import path

from ..benefits import entitlements, monthly
from ..household import accounts
from . import bank, cycle, cycles, funds, instruction

patterns = [
    path("household/<uuid:household_id>/money/", accounts.money, name="household_money"),
    path("household/<uuid:household_id>/account/", accounts.account_add, name="household_account"),
    path(
        "household/<uuid:household_id>/account/<uuid:payment_account_id>/end/",
        accounts.account_end,
        name="household_account_end",
    ),
    path("entitlements/<uuid:entitlement_id>/", entitlements.entitlement, name="entitlement"),
    path("entitlements/<uuid:entitlement_id>/<slug:step>/", entitlements.entitlement_step, name="entitlement_step"),
    path("monthly/", monthly.monthly, name="monthly"),
    path("monthly/<uuid:monthly_list_id>/", monthly.monthly_list, name="monthly_list"),
    path("monthly/<uuid:monthly_list_id>/table.csv", monthly.monthly_csv, name="monthly_csv"),
    path("monthly/<uuid:monthly_list_id>/answers/", monthly.monthly_answers, name="monthly_answers"),
    path(
        "monthly/<uuid:monthly_list_id>/row/<uuid:listed_change_id>/<slug:step>/",
        monthly.monthly_row,
        name="monthly_row",
    ),
    path("payments/", cycles.payments, name="payments"),
    path("payments/returned/", cycles.returned, name="returned"),
    path("payments/answers/", bank.bank_answers, name="bank_answers"),
    path("payments/answers/<uuid:statement_id>/", bank.bank_answer, name="bank_answer"),
    path("payments/answers/<uuid:statement_id>/seen/", bank.bank_answer_seen, name="bank_answer_seen"),
    path("payments/cycles/<uuid:cycle_id>/", cycle.cycle, name="cycle"),
    path("payments/cycles/<uuid:cycle_id>/progress/", cycle.cycle_progress, name="cycle_progress"),
    path("payments/cycles/<uuid:cycle_id>/checks/", cycle.cycle_checks, name="cycle_checks"),
    path("payments/cycles/<uuid:cycle_id>/payments/", cycle.cycle_instructions, name="cycle_instructions"),
    path("payments/cycles/<uuid:cycle_id>/settle/", cycle.cycle_settle, name="cycle_settle"),
    path("payments/cycles/<uuid:cycle_id>/step/<slug:step>/", cycle.cycle_step, name="cycle_step"),
    path("payments/<uuid:instruction_id>/", instruction.instruction, name="instruction"),
    path("payments/<uuid:instruction_id>/step/<slug:step>/", instruction.instruction_step, name="instruction_step"),
    path("budget/", funds.funds, name="funds"),
    path("budget/<uuid:fund_id>/<int:year>/", funds.fund, name="fund"),
    path("budget/entries/<uuid:entry_id>/", funds.entry, name="entry"),
]
