"""Copy what pages and letters carry from `node_modules` to `src/vatra/look/static/vendor`, and nothing else.

    python tools/collect_assets.py

Pages: Plex in Latin and Arabic, three weights. Letters: Vazirmatn as TrueType, which covers all four languages.
The folder is made anew each time, so that what a package dropped does not linger.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "vatra" / "look" / "static" / "vendor"

WEIGHTS = (400, 500, 600)
PAGES = [("ibm-plex-sans", "latin"), ("ibm-plex-sans", "latin-ext"), ("ibm-plex-sans-arabic", "arabic")]
LETTERS = ("Regular", "Medium", "Bold")


def wanted() -> dict[Path, Path]:
    """{source below node_modules: place below vendor}"""
    files = {}
    for family, subset in PAGES:
        package = Path("@fontsource") / family
        for weight in WEIGHTS:
            name = f"{family}-{subset}-{weight}-normal.woff2"
            files[package / "files" / name] = Path("fonts") / name
        files[package / "LICENSE"] = Path("fonts") / f"{family}.LICENSE.txt"
    for weight in LETTERS:
        files[Path("vazirmatn/fonts/ttf") / f"Vazirmatn-{weight}.ttf"] = Path("letters") / f"Vazirmatn-{weight}.ttf"
    files[Path("vazirmatn/OFL.txt")] = Path("letters/Vazirmatn.LICENSE.txt")
    return files


def collect() -> int:
    files = wanted()
    missing = [str(source) for source in files if not (MODULES / source).is_file()]
    if missing:
        print(f"Not found in {MODULES}: {', '.join(missing)}. Run `npm ci --ignore-scripts` first.", file=sys.stderr)
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, place in files.items():
        target = VENDOR / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, target)
    size = sum((VENDOR / place).stat().st_size for place in files.values())
    print(f"{len(files)} files, {size // 1024} KB, in {VENDOR.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(collect())
