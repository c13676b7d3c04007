"""`python -m bot.press`: what comes in is drawn and goes out, until nothing more comes. See bot/drawing."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

from bot.press.pipe import read_piece, write_piece
from bot.press.typesetting import typeset


def main(orders: BinaryIO, files: BinaryIO) -> None:
    """Set one scene after the other; of a failure no more is told than its kind, for words are private."""
    while (order := read_piece(orders)) is not None:
        try:
            made = b"+" + typeset(*json.loads(order))
        except (RuntimeError, ValueError, OSError) as error:
            made = b"-" + type(error).__name__.encode()
        write_piece(files, made)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
