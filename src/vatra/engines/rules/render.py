"""A typed tree as short text for people, such as `sum(net_income where is_adult)` in a trace."""

from vatra.engines.rules.ir import Node
from vatra.engines.rules.types import as_json

_SIGN = {"add": "+", "sub": "-", "mul": "*", "and": "and", "or": "or"}


def render(node: Node, limit: int = 120) -> str:
    """Text of a node; long ones are cut, for the trace is read and not run."""
    text = _text(node, 0)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _text(node: Node, depth: int) -> str:
    if depth > 24:
        return "…"
    parts = [_text(a, depth + 1) for a in node.args] if node.op != "derived" else []
    op, info = node.op, node.info
    if op == "const":
        value = as_json(info, node.type)
        return f"{_major(info, node.type.scale)} {node.type.currency}" if node.type.kind == "money" else str(value)
    if op == "fact":
        return info[0] if info[1] is None else f"{info[0]}[{info[1][0]} -{info[1][1]}]"
    if op == "derived":
        return str(info)
    if op == "parameter":
        return ":" + info.name
    if op == "lookup":
        return f":{info.name}[{', '.join(parts)}]"
    if op == "scale":
        return f"scale({parts[0]}, :{info[0].name})"
    if op == "agg":
        return _summary(node, parts)
    if op == "cmp":
        return f"{parts[0]} {info} {parts[1]}"
    if op in _SIGN:
        return "(" + f" {_SIGN[op]} ".join(parts) + ")"
    if op == "rescale":
        return parts[0]
    if op == "has":
        return f"has('{info}')"
    if op == "case":
        pairs = " ".join(f"when {t} then {x}" for t, x in zip(parts[:-1:2], parts[1:-1:2], strict=True))
        return f"case {pairs} else {parts[-1]} end"
    return f"{op}({', '.join(parts)})"


def _summary(node: Node, parts: list[str]) -> str:
    where = node.args[1]
    condition = "" if where.op == "const" and where.info is True else f" where {parts[1]}"
    if node.info == "count":
        return f"count(member{condition})"
    return f"{node.info}({parts[0]}{condition})"


def _major(minor: int, exponent: int) -> str:
    if not exponent:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
