"""The whole of a matching run: read, understand, block, compare, cluster, write."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from . import run as stages
from .columns import Columns
from .correction import correct
from .output import check_outs, clusters_path, write, write_review
from .parameters import Parameters, load
from .reading import read
from .records import understand
from .refit import refit_run


def match(
    left: Path,
    right: Path | None = None,
    *,
    columns: tuple[Columns, Columns],
    out: Path,
    parameters: Parameters | None = None,
    labels: Path | None = None,
    review: Path | None = None,
    truth: str | None = None,
    progress: Callable[[str], None] = lambda sentence: None,
    translate: Callable[[str], str] = lambda sentence: sentence,
    memory_mb: int | None = None,
    threads: int = 2,
) -> dict:
    """Deduplicate `left`, or link it to `right`; write pairs and clusters; return figures about the run.

    The registry is not touched. Work happens in a folder beside `out` that is removed at the end and
    cleared at the start, so a
    killed run starts clean; `out` appears whole or not at all. `review` gets pairs for people
    to label. With `truth` (a column whose equal values
    mean one person)
    precision, recall and F1 of the pairs inside clusters are measured. Reasons are written in the language of `translate`
    (a gettext function). Raises Refused for files, columns or
    outputs that cannot serve.
    """
    started = time.perf_counter()
    outs = [out, clusters_path(out), *([review] if review else [])]
    check_outs(outs, [path for path in (left, right, labels) if path])
    run = stages.Run(
        left, right, columns, parameters or load(), out.with_name(f".{out.name}.work"),
        memory_mb=memory_mb, threads=threads, progress=progress, translate=translate, truth=truth,
    )  # fmt: skip
    report: dict = {}
    try:
        read(run)
        understand(run)
        stages.block(run)
        stages.compare(run, "pairs", "scored")
        if run.parameters.trees and labels is None:
            correct(run, "scored")
        if labels is not None:
            run.parameters.trees = []
            report["refit"] = refit_run(run, labels)
        if review is not None:
            write_review(run, review)
        stages.cluster(run)
        report = {**write(run, out), **report}
        if truth:
            report |= stages.measure(run)
    finally:
        run.close()
    report |= {"seconds": round(time.perf_counter() - started, 2), "peak_mb": stages.peak_mb()}
    return report
