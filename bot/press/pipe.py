"""Pieces of bytes in a pipe: four bytes of length before each."""

from __future__ import annotations

from typing import IO

HEAD = 4


def write_piece(pipe: IO[bytes], piece: bytes) -> None:
    """Send a piece; BrokenPipeError where nobody reads any more."""
    pipe.write(len(piece).to_bytes(HEAD) + piece)
    pipe.flush()


def read_piece(pipe: IO[bytes]) -> bytes | None:
    """The next piece; None once the other side has ended."""
    size = int.from_bytes(head) if len(head := pipe.read(HEAD)) == HEAD else None
    piece = pipe.read(size) if size is not None else b""
    return piece if len(piece) == size else None
