"""Codes in pictures: what a QR code says, read from a picture that was made small first."""

from __future__ import annotations

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image, UnidentifiedImageError

from classroom.errors import HomeroomError

MAX_PICTURE_BYTES = 8 << 20
MAX_PIXELS = 40_000_000
"""A photo of more is refused before a pixel of it is unpacked; a JPEG is made smaller while it is."""

MAX_UNPACKED = 36_000_000
"""Bytes of memory that another kind of picture, which unpacks whole, may take."""

LONGEST_SIDE = 1_200
"""To so many pixels a picture is scaled: codes in photos of screens and posters are read, in milliseconds."""

MOST_CODES, LONGEST_CODE = 4, 1_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


class PictureError(HomeroomError):
    """This is no picture that can be read."""


def codes_in(data: bytes) -> tuple[str, ...]:
    """The texts of the QR codes in a picture; PictureError where it is none, or too large a one."""
    if len(data) > MAX_PICTURE_BYTES:
        raise PictureError
    small = _small(data)
    found = zxingcpp.read_barcodes(small, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    texts = (code.text.strip()[:LONGEST_CODE] for code in found if code.valid)
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_CODES]


def _small(data: bytes) -> Image.Image:
    """The first frame in grey and of a bounded size; how large it unpacks is known from its head."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS or _unpacked(picture) > MAX_UNPACKED:
                    raise PictureError
                picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
                grey = picture.convert("L")
    except (
        OSError,
        SyntaxError,
        ValueError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise PictureError from error
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return grey


def _unpacked(picture: Image.Image) -> int:
    whole = picture.format != "JPEG"
    return picture.width * picture.height * len(picture.getbands()) if whole else 0
