"""Identifiers: ordered ones for records people refer to, random ones where even the hour must not show."""

import os
import time
import uuid
from datetime import datetime


def uuid7(at: datetime | None = None) -> uuid.UUID:
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    millis = int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000
    value = (millis & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def sealed_id() -> uuid.UUID:
    """A random UUID: an ordered one would tell when a sealed record was made."""
    return uuid.uuid4()


def stable_id(*parts: str) -> uuid.UUID:
    """The same parts give the same id, everywhere and always (payment instructions, seeded records)."""
    return uuid.uuid5(uuid.UUID("7a7c5bb4-6a54-5c0e-9f0b-5d1a3f5b2f10"), "\x1f".join(parts))
