"""Identifiers at rest: encrypted, found by blind index, shown masked; telephone numbers in one form.

AES-256-GCM with a key derived from the installation's secret key (HKDF, RFC 5869); the person and the kind are bound
in as associated data, so a ciphertext copied to another person does not open. The blind index is an HMAC-SHA-256
under a second derived key: equal numbers meet, and without the key nobody can try numbers against it.
"""

import hashlib
import hmac
import os
import re
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from vatra.kernel.numbers import western_digits

VERSION = b"\x01"
NONCE = 12


class CannotOpen(RuntimeError):
    """The secret key of this installation is not the one that an identifier was encrypted with."""


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"vatra people {purpose}".encode()).derive(secret.encode())


def _bound(person: UUID, kind: str) -> bytes:
    return f"{person}\x1f{kind}".encode()


def normal_identifier(value: str) -> str:
    """Western digits, capital letters, nothing between them: `98 1234-56 a` is `98123456A`."""
    return re.sub(r"[\W_]", "", western_digits(value)).upper()


def encrypt(value: str, *, person: UUID, kind: str) -> bytes:
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_derived(settings.SECRET_KEY, "identifiers")).encrypt(nonce, value.encode(), _bound(person, kind))
    return VERSION + nonce + sealed


def decrypt(cipher: bytes, *, person: UUID, kind: str) -> str:
    """What `encrypt` was given. Raises CannotOpen under another secret key, or for another person or kind."""
    cipher = bytes(cipher)
    nonce, sealed = cipher[1 : 1 + NONCE], cipher[1 + NONCE :]
    try:
        key = AESGCM(_derived(settings.SECRET_KEY, "identifiers"))
        return key.decrypt(nonce, sealed, _bound(person, kind)).decode()
    except InvalidTag:
        raise CannotOpen("an identifier does not open with this secret key") from None


def blind(value: str) -> str:
    """The index under which an identifier is found; the kind is not part of it, for a search does not know it."""
    key = _derived(settings.SECRET_KEY, "blind index")
    return hmac.new(key, normal_identifier(value).encode(), hashlib.sha256).hexdigest()


def masked(value: str, shown: int = 4) -> str:
    """`•••••••••4429`: enough to recognise on a card in the hand, never more than a third of it."""
    plain = normal_identifier(value)[-32:]
    shown = min(shown, len(plain) // 3)
    return "•" * (len(plain) - shown) + (plain[-shown:] if shown else "")


def normal_phone(value: str) -> str:
    """Western digits and a leading plus, as stored; `٠٧٤٤ ١٢٣` and `0744-123` are one."""
    plain = western_digits(value.strip())
    return ("+" if plain.startswith(("+", "00")) else "") + re.sub(r"\D", "", plain).removeprefix(
        "00" if plain.startswith("00") else ""
    )


def contact_key(kind: str, value: str) -> str:
    """What two spellings of one contact share: a phone's last eight digits, an address of e-mail in small letters."""
    return re.sub(r"\D", "", normal_phone(value))[-8:] if kind == "phone" else value.strip().casefold()
