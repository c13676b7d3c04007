"""Sealed columns: what is personal is unreadable without the key, which lies outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from classroom.errors import DatabaseError
from classroom.events import Json
from classroom.text import PrivateStr

_VERSION = b"\x01"
_NONCE = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KeyRing:
    """Seals and opens with AES-256-GCM; the column's name is bound in, so that values cannot be swapped."""

    def __init__(self, secret: bytes) -> None:
        """Take the instance's secret of 32 bytes and derive a key for each use."""
        self._cipher = AESGCM(hashlib.blake2b(secret, person=b"homeroom-seal", digest_size=32).digest())
        self._digest = hashlib.blake2b(secret, person=b"homeroom-digest", digest_size=32).digest()

    def seal(self, data: bytes, context: str) -> bytes:
        """Seal bytes for one column."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, data, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Open what `seal` made; DatabaseError where key or column do not fit."""
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())
        except InvalidTag:
            raise DatabaseError(
                f"a sealed value of {context} does not open: wrong key file, or changed"
            ) from None

    @property
    def digest_secret(self) -> bytes:
        """What the keyed hashes are made with: it outlives a change of the key, sealed in the database."""
        return self._digest

    def keep_digests(self, secret: bytes) -> None:
        """Go on with the hashes of an older key, so that codes and ballots are still found."""
        self._digest = secret

    def digest(self, value: str) -> str:
        """A keyed hash by which a secret code is found without being stored in the clear."""
        return hmac.new(self._digest, value.encode(), hashlib.sha256).hexdigest()


def load_key(path: Path) -> bytes:
    """Read the instance's secret; make it with mode 0600 at the first start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key(path)
    secret = os.urandom(32)
    _write_key(handle, secret)
    return secret


def new_key(path: Path, secret: bytes | None = None) -> bytes:
    """Write a key, new if none is given, into a file that must not exist yet, with mode 0600."""
    secret = secret or os.urandom(32)
    _write_key(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), secret)
    return secret


def _write_key(handle: int, secret: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secret) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """The instance's secret as it lies in its file; DatabaseError where it does not."""
    try:
        secret = base64.b64decode(path.read_bytes().split()[0], validate=True)
    except OSError as error:
        raise DatabaseError(
            f"the key file {path} cannot be read ({error.strerror}): put the copy you kept there, "
            "or set [storage] key_file"
        ) from None
    except (IndexError, ValueError):
        secret = b""
    if len(secret) != 32:
        raise DatabaseError(f"{path} is not a key file of Homeroom: restore it from your backup")
    return secret


def _ring(dialect: Dialect) -> KeyRing:
    ring = getattr(dialect, "homeroom_keys", None)
    if not isinstance(ring, KeyRing):
        raise DatabaseError("this engine has no key: open the database with storage.database.Database")
    return ring


class Sealed(TypeDecorator[str]):
    """A text column that is sealed at rest; `context` is table.column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        """Bind the column's name into what is sealed."""
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else _ring(dialect).seal(value.encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else _ring(dialect).open(value, self.context).decode()


class SealedPrivate(TypeDecorator[PrivateStr]):
    """A sealed column of criticism, which is PrivateStr on both sides."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        """Bind the column's name into what is sealed."""
        super().__init__()
        self.context = context

    def process_bind_param(self, value: PrivateStr | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else _ring(dialect).seal(value.reveal().encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> PrivateStr | None:
        """Open on the way out."""
        return None if value is None else PrivateStr(_ring(dialect).open(value, self.context).decode())


class SealedJson(TypeDecorator[Json]):
    """A sealed column of JSON."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        """Bind the column's name into what is sealed."""
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Json, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return (
            None
            if value is None
            else _ring(dialect).seal(json.dumps(value, ensure_ascii=False).encode(), self.context)
        )

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Json:
        """Open on the way out."""
        if value is None:
            return None
        opened: Json = json.loads(_ring(dialect).open(value, self.context))
        return opened


class Utc(TypeDecorator[datetime]):
    """A point in time as microseconds since 1970 in UTC: equal on every database, never naive."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive times, since they would be read as another zone's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give the time back in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)
