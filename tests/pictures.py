"""Pictures with codes in them, drawn for tests."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image


def with_code(text: str, *, side: int = 600, kind: str = "PNG") -> bytes:
    """A white picture of so many pixels a side with one QR code on it."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    drawn = Image.fromarray(code.to_image(scale=max(2, side // 120)))
    picture = Image.new("L", (side, side), 255)
    picture.paste(drawn, ((side - drawn.width) // 2, (side - drawn.height) // 2))
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()
