"""One thing that the doctor looked at."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext

Level = Literal["ok", "advice", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` says how it is, `mend` what to do; a fault is unsafe or does not work, advice can wait."""

    code: str
    level: Level
    found: str
    mend: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def good(code: str, found: str, /, **values: Any) -> Finding:
    return Finding(code, "ok", gettext(found) % values)


def advice(code: str, found: str, mend: str, /, **values: Any) -> Finding:
    return Finding(code, "advice", gettext(found) % values, gettext(mend) % values)


def fault(code: str, found: str, mend: str, /, **values: Any) -> Finding:
    return Finding(code, "fault", gettext(found) % values, gettext(mend) % values)
