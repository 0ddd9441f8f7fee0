from .measurements import Aggregation, IndicatorSeries, Measurement

__all__ = ["Aggregation", "IndicatorSeries", "Measurement"]
