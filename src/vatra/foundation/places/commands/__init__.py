from .areas import define_area, retire_area
from .boundaries import set_boundaries

__all__ = ["define_area", "retire_area", "set_boundaries"]
