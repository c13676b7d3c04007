"""Drawings become files: in another process, one at a time; nobody waits for a picture but who gets it."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import structlog

from bot.drawing.press import PressError, press
from classroom.drawings import Drawing, PrivateDrawing, PublicDrawing
from classroom.effects import Enclosed

log = structlog.get_logger("drawing")
SHEETS = frozenset({"table", "notice_slips", "invite_slips"})
"""What is printed is a PDF; everything else is looked at, and is a picture."""


class DrawingError(Exception):
    """What was to be printed cannot be."""


async def as_files(files: Sequence[Enclosed | Drawing]) -> tuple[Enclosed, ...]:
    """Files as a platform takes them. A picture that fails is left out: the words beside it say the same.

    DrawingError where a sheet fails, which is what the words speak of.
    """
    drawn = [await _drawn(f) if isinstance(f, PublicDrawing | PrivateDrawing) else f for f in files]
    return tuple(file for file in drawn if file is not None)


async def _drawn(drawing: Drawing) -> Enclosed | None:
    kind = drawing.scene.kind
    sheet = kind in SHEETS
    try:
        data = await press().draw(drawing, "pdf" if sheet else "png")
    except (PressError, OSError) as error:
        log.error("cannot be drawn", drawing=kind, error=str(error) or type(error).__name__)
        if sheet:
            raise DrawingError(kind) from None
        return None
    name = f"{drawing.filename}.{'pdf' if sheet else 'png'}"
    shown = base64.b64encode(data).decode()
    private = isinstance(drawing, PrivateDrawing)
    return Enclosed("document" if sheet else "photo", name, data=shown, private=private)
