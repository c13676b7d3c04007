"""Codes in pictures: what is read, and what is refused before it can hurt."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from classroom.pictures import MAX_PICTURE_BYTES, PictureError, codes_in
from handlers.topic_pictures import kind_of
from tests.pictures import with_code

JOIN = "https://weixin.qq.com/g/AwYAAExample"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("side", [300, 1200, 3000])
def test_a_code_is_read_whatever_the_size(kind: str, side: int) -> None:
    assert codes_in(with_code(JOIN, side=side, kind=kind)) == (JOIN,)


def test_a_picture_without_a_code_says_nothing() -> None:
    out = BytesIO()
    Image.new("RGB", (800, 600), (200, 220, 240)).save(out, "JPEG")
    assert codes_in(out.getvalue()) == ()


def _bomb(side: int) -> bytes:
    """The head of a picture that would unpack to far more than it is long."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        _bomb(8_000),
        _bomb(60_000),
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"\0" * (MAX_PICTURE_BYTES + 1),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        codes_in(data)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("wxp://f2f0abc", "pay"),
        ("https://qr.alipay.com/fkx1", "pay"),
        (JOIN, "group_link"),
        ("https://u.wechat.com/EAbc", "group_link"),
        ("https://t.me/+abc", "group_link"),
        ("https://www.wjx.cn/vm/abc.aspx", ""),
        ("https://basic.smartedu.cn", ""),
        ("9787107000000", ""),
    ],
)
def test_what_a_code_is_for(code: str, kind: str) -> None:
    assert kind_of(code) == kind
