"""The doors of this room for whoever changes something.

prepare_cycle(*, programme, period: date, actor, at, office=None) -> Cycle      the worker writes its instructions
refresh_cycle(*, cycle, actor, at)                                             look again at what is due
exclude_instruction(*, instruction, because, actor, at) / include_instruction(*, instruction, actor, at)
check_cycle(*, cycle, actor, at)                                               "I have seen the checks"
approve_cycle(*, cycle, actor, at, count=None, amount=None)                    by a second person; reserves the budget
export_cycle(*, cycle, pay_on: date, actor, at)                                the worker writes the files
settle_from_file(*, content: bytes, name, office, actor, at) -> Statement      pain.002, camt.053, camt.054
settle_by_hand(*, instructions: list, on: date, actor, at) -> int              arrived, or paid at the desk
return_instruction(*, instruction, on, reason, note="", actor, at)
cancel_instruction(*, instruction, because, actor, at)
correct_and_resend(*, instruction, actor, at) -> Instruction                   a new attempt, in a cycle of its own
close_cycle(*, cycle, actor, at) / cancel_cycle(*, cycle, because, actor, at)
pause_cycle(*, cycle, actor, at) / resume_cycle(*, cycle, actor, at)
"""
