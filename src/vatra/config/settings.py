"""Everything that can be set from outside, typed, in one place; `docs/settings.md` describes each."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]  # the checkout, or the folder an installation unpacked


class BadSetting(ValueError):
    """A setting cannot be read as what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per environment variable `VATRA_<NAME>`; see docs/settings.md."""

    home: Path = field(metadata={"default": "var"})
    database_url: str = field(default="", metadata={"default": ""})
    secret_key: str = field(default="", metadata={"default": ""})
    debug: bool = field(default=False, metadata={"default": "0"})
    hosts: tuple[str, ...] = field(default=(), metadata={"default": "localhost,127.0.0.1,[::1]"})
    origins: tuple[str, ...] = field(default=(), metadata={"default": ""})
    https: bool = field(default=False, metadata={"default": "0"})
    pack: str = field(default="", metadata={"default": "ro-tarnaveni"})
    packs: Path = field(default=Path(), metadata={"default": str(SOURCE / "packs")})
    email_url: str = field(default="", metadata={"default": ""})
    backups: str = field(default="", metadata={"default": ""})
    demo: bool = field(default=False, metadata={"default": "0"})


def _typed(name: str, kind: object, text: str) -> object:
    if kind is bool:
        if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise BadSetting(f"VATRA_{name.upper()} should be 0 or 1, not “{text}”.")
        return text.lower() in {"1", "true", "yes"}
    if kind is Path:
        return Path(text).expanduser().resolve()
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment. Without a secret key, one is made and kept in the home folder, readable by its owner."""
    known = {f"VATRA_{f.name.upper()}" for f in fields(Settings)}
    unknown = {name for name in environment if name.startswith("VATRA_")} - known
    if unknown:
        raise BadSetting(
            f"Unknown setting {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}; see docs/settings.md."
        )
    values = {
        f.name: _typed(f.name, f.type, environment.get(f"VATRA_{f.name.upper()}", f.metadata["default"]))
        for f in fields(Settings)
    }
    settings = Settings(**values)  # type: ignore[arg-type]
    if not settings.secret_key:
        object.__setattr__(settings, "secret_key", _kept_key(settings.home))
    return settings


def _kept_key(home: Path) -> str:
    home.mkdir(parents=True, exist_ok=True)
    kept = home / "secret_key"
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key
