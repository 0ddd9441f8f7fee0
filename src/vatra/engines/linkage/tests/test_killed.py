"""A run that is killed (SIGKILL, in a process of its own) leaves nothing half-written, and the next one starts clean."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vatra.engines.linkage import read_columns
from vatra.engines.linkage.matching import match
from vatra.engines.linkage.synthetic import write_people

MAP = """
{id: unique_id, given_name: given_name, father_name: father_name, family_name: family_name, birth_date: dob, sex: sex,
locality: locality, phone: phone}
"""
RUN = """
import os, signal, sys
from pathlib import Path
from vatra.engines.linkage import matching, output, read_columns

folder, where, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
calls = {"progress": 0, "rename": 0}

def now_and_then(kind):
    calls[kind] += 1
    if (kind, calls[kind]) == (where, number):
        os.kill(os.getpid(), signal.SIGKILL)

def progress(sentence):
    print(sentence, file=sys.stderr, flush=True)
    now_and_then("progress")

replace = os.replace

def rename(part, path):
    now_and_then("rename")
    replace(part, path)

def straight(run, out):  # the faulty writer
    text = run.con.execute("SELECT string_agg(l || ',' || r, chr(10)) FROM scored").fetchall()[0][0]
    with out.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

output.os.replace = rename
if where == "straight":
    matching.write = straight
matching.match(folder / "people.parquet", columns=read_columns(folder / "map.yaml"), out=folder / "out.csv", progress=progress, memory_mb=300)
"""
State = tuple[bytes | None, bytes | None]


def state(folder: Path) -> State:
    """What stands under the two names."""
    pairs, clusters = folder / "out.csv", folder / "out.clusters.csv"
    return tuple(path.read_bytes() if path.exists() else None for path in (pairs, clusters))  # type: ignore[return-value]


def is_whole(found: State, old: State, new: State) -> bool:
    """Pairs are there only whole, with the clusters that belong to them."""
    return found in (old, new) or (found[0] is None and found[1] in (None, old[1], new[1]))


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A folder with the output of an earlier, other list; and that output, and what the new list gives."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "map.yaml").write_text(MAP)
    columns, outputs = read_columns(folder / "map.yaml"), []
    for size in (300, 400):
        write_people(folder / "people.parquet", size, seed=size)
        match(folder / "people.parquet", columns=columns, out=folder / "out.csv", memory_mb=300)
        outputs.append(state(folder))
    old, new = outputs
    assert None not in (*old, *new)
    assert old[0] != new[0] and old[1] != new[1]
    return folder, old, new


def killed(folder: Path, old: State, where: str, number: int) -> subprocess.CompletedProcess:
    """Put the old output back, run, and be killed."""
    for path, content in zip((folder / "out.csv", folder / "out.clusters.csv"), old, strict=True):
        path.write_bytes(content or b"")
    command = [sys.executable, "-c", RUN, str(folder), where, str(number)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "number"),
    [("progress", 1), ("progress", 3), ("progress", 5), ("progress", 8), ("rename", 1), ("rename", 2)],
)
def test_killed_anywhere_nothing_is_half_written_and_the_next_run_starts_clean(before, where, number):
    folder, old, new = before
    done = killed(folder, old, where, number)
    assert is_whole(state(folder), old, new)
    if where == "progress":
        assert len(done.stderr.splitlines()) == number, "killed at another point than was meant"
        assert state(folder) == old, "before the files take their names, the old ones stand"
    match(folder / "people.parquet", columns=read_columns(folder / "map.yaml"), out=folder / "out.csv", memory_mb=300)
    assert state(folder) == new
    assert not list(folder.glob(".*")), "nothing of the killed run is left"


@pytest.mark.slow
def test_a_writer_that_writes_straight_into_the_file_is_caught(before):
    """The faulty control."""
    folder, old, new = before
    killed(folder, old, "straight", 0)
    assert not is_whole(state(folder), old, new)


def test_pairs_beside_the_clusters_of_another_run_would_be_caught(before):
    """The faulty control of the order of renaming."""
    _, old, new = before
    assert not is_whole((new[0], old[1]), old, new)
