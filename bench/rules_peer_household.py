"""OpenFisca for one household and one programme, as a competent user runs it: in the peers' environment.

rules_peer_household.py REFERENCE PERIOD: REFERENCE is the folder of the reference set-up, whose system is used.
"""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from openfisca_core.simulation_builder import SimulationBuilder
from peer_openfisca import CLAUSES, system


def main(period: str) -> None:
    s, times = system(), []
    for k in range(300):
        people = {
            f"p{i}": {
                "age": {period: (38, 36, 9, 4)[i]}, "income": {period: (900, 400, 0, 0)[i]}, "disability_degree": {period: 45 if i == k % 4 else 0},
                "employment": {period: "employed" if i < 2 else "inactive"}, "citizen": {period: True}, "residence_years": {period: 10}, "registered": {period: True},
            } for i in range(4)
        }  # fmt: skip
        home = {
            "heads": ["p0"],
            "members": ["p1", "p2", "p3"],
            "area": {period: "urban"},
            "rent": {period: 300},
            "owns_home": {period: True},
            "wealth": {period: k % 80},
        }
        start = time.perf_counter()
        simulation = SimulationBuilder().build_from_entities(s, {"persons": people, "households": {"h": home}})
        for name in (*CLAUSES, "benefit"):
            simulation.calculate(name, period)
        times.append(time.perf_counter() - start)
    times = sorted(times[50:])
    print(
        json.dumps(
            {
                "programmes": 1,
                "p50_ms": round(times[len(times) // 2] * 1e3, 4),
                "p95_ms": round(times[int(len(times) * 0.95)] * 1e3, 4),
            }
        )
    )


main(sys.argv[2])
