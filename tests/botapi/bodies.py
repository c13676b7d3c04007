"""Reads a request's parameters and files the ways that Telegram accepts them."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

from tests.botapi.errors import bad
from tests.botapi.jsons import Json, obj
from tests.botapi.methods.base import Upload


def read(content_type: str, query: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    """Parameters from the query and from a JSON, urlencoded or multipart body."""
    params: Json = dict(parse_qsl(query, keep_blank_values=True))
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "application/json":
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise bad("can't parse request: body must be a JSON object") from None
        return params | obj(given), {}
    if kind == "application/x-www-form-urlencoded":
        return params | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if kind == "multipart/form-data" and boundary:
        return _multipart(params, boundary[1].encode(), body)
    return params, {}


def _multipart(params: Json, boundary: bytes, body: bytes) -> tuple[Json, dict[str, Upload]]:
    uploads = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        text = head.decode()
        name = re.search(r'[;\s]name="([^"]*)"', text)
        filename = re.search(r'filename="([^"]*)"', text)
        mime = re.search(r"(?i)content-type:\s*([^\s;]+)", text)
        if name is None:
            continue
        if filename is not None:
            uploads[name[1]] = Upload(filename[1], mime[1] if mime else "", data)
        else:
            params[name[1]] = data.decode()
    return params, uploads
