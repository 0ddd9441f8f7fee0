from .plans import BELOW, define_node, define_plan
from .stages import NewPaper, attach_paper, define_stage, move_stage, take_back_paper

__all__ = [
    "BELOW",
    "NewPaper",
    "attach_paper",
    "define_node",
    "define_plan",
    "define_stage",
    "move_stage",
    "take_back_paper",
]
