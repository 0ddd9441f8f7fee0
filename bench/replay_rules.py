"""`make replay-rules`: the public suites, each with `NAME: N passed, N failed, N not expressible`; --why says what differs."""

import argparse
import sys
from pathlib import Path

from bench.replay.suite import HERE, read_suite, replay

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "rules"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", action="store_true", help="print each case that failed or cannot be said")
    parser.add_argument("--cases", type=Path, default=SHARED, help="where the suites' cases lie")
    options = parser.parse_args()
    if not options.cases.exists():
        print(f"The cases are not at {options.cases}.", file=sys.stderr)
        return 1
    failed = 0
    for plan in sorted(HERE.glob("*/suite.yaml")):
        suite = read_suite(plan.parent, options.cases)
        results = replay(suite)
        count = {said: sum(r.said == said for r in results) for said in ("passed", "failed", "not expressible")}
        failed += count["failed"]
        print(f"{suite.name}: " + ", ".join(f"{number} {said}" for said, number in count.items()))
        for result in results:
            if options.why and result.said != "passed":
                print(f"  {result.said}: {result.place}: {result.why}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
