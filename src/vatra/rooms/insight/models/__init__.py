from .indicators import By, Condition, Direction, Figure, Indicator, Published, SealedLevel
from .measurements import Aggregation, IndicatorSeries, Measurement
from .standings import Holds, Standing

__all__ = [
    "Aggregation",
    "By",
    "Condition",
    "Direction",
    "Figure",
    "Holds",
    "Indicator",
    "IndicatorSeries",
    "Measurement",
    "Published",
    "SealedLevel",
    "Standing",
]
