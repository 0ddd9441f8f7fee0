"""Clusters: who is one person, from pairs that probably are.

Best pairs first; two groups join if, over all pairs between them that could be compared, the evidence for one person
outweighs the evidence against. So a record that resembles two members of a household does not make them one.
"""

from __future__ import annotations

from collections.abc import Iterable


class _Groups:
    def __init__(self) -> None:
        self.parent: dict[int, int] = {}

    def find(self, x: int) -> int:
        parent = self.parent
        root = x
        while (up := parent.get(root, root)) != root:
            root = up
        while x != root:
            parent[x], x = root, parent.get(x, x)
        return root


def components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Record to the smallest record it hangs together with; records without an edge are absent."""
    groups = _Groups()
    parent = groups.parent
    for a, b in edges:
        x, y = groups.find(a), groups.find(b)
        parent.setdefault(x, x)
        parent.setdefault(y, y)
        if x != y:
            parent[max(x, y)] = min(x, y)
    return {x: groups.find(x) for x in parent}


def split(edges: list[tuple[int, int, float]], against: dict[tuple[int, int], float]) -> dict[int, int]:
    """Average linkage over one or many components.

    `edges`: (l, r, log odds) above the threshold. `against`: log odds of compared pairs below it, by (l, r) with l < r.
    A pair nobody compared counts nothing. Returns record to cluster (its smallest record).
    """
    members: dict[int, list[int]] = {}
    home: dict[int, int] = {}
    score = {(min(a, b), max(a, b)): s for a, b, s in edges}
    score.update({k: v for k, v in against.items() if k not in score})
    for a, b, _ in sorted(edges, key=lambda e: (-e[2], e[0], e[1])):
        x = home.setdefault(a, a)
        y = home.setdefault(b, b)
        left = members.setdefault(x, [x])
        right = members.setdefault(y, [y])
        if x == y:
            continue
        between = [score.get((min(i, j), max(i, j)), 0.0) for i in left for j in right]
        if sum(max(-12.0, min(12.0, s)) for s in between) <= 0:
            continue
        keep, gone = (x, y) if x < y else (y, x)
        members[keep] = members[keep] + members.pop(gone)
        for i in members[keep]:
            home[i] = keep
    return home
