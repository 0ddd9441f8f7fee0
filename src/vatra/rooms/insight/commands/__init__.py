from .definitions import define_condition, define_indicator, retire_condition, retire_indicator
from .publishing import publish_again, publish_due

__all__ = [
    "define_condition",
    "define_indicator",
    "publish_again",
    "publish_due",
    "retire_condition",
    "retire_indicator",
]
