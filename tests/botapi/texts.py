"""Text as Telegram sees it: UTF-16 offsets, parse modes, entities it finds by itself."""

from __future__ import annotations

import re
from html import unescape

from tests.botapi.errors import bad
from tests.botapi.jsons import Json, number, text

_AUTO = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w/])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
    ("url", re.compile(r"https?://[^\s，。；！？）」”]+")),
)
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_HTML = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>|<|&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")
_MARKS = {"**>": "blockquote", "*": "bold", "__": "underline", "_": "italic", "~": "strikethrough",
          "||": "spoiler", "`": "code", "```": "pre"}  # fmt: skip
_RESERVED = set("_*[]()~`>#+-=|{}.!")


def units(value: str) -> int:
    """The length in UTF-16 code units."""
    return len(value.encode("utf-16-le")) // 2


def auto_entities(value: str, taken: list[Json]) -> list[Json]:
    """Adds commands, mentions, hashtags and links where no other entity is."""
    found = list(taken)
    spans = [(number(e, "offset"), number(e, "offset") + number(e, "length")) for e in taken]
    for kind, pattern in _AUTO:
        for match in pattern.finditer(value):
            start, length = units(value[: match.start()]), units(match[0])
            if all(start >= end or start + length <= begin for begin, end in spans):
                found.append({"type": kind, "offset": start, "length": length})
                spans.append((start, start + length))
    return sorted(found, key=lambda e: (number(e, "offset"), -number(e, "length")))


def parse(value: str, mode: str) -> tuple[str, list[Json]]:
    """Applies a parse mode."""
    if mode.lower() == "html":
        return _html(value)
    if mode.lower() == "markdownv2":
        return _markdown2(value)
    if mode.lower() == "markdown":
        return _markdown(value)
    raise bad("unsupported parse_mode")


def _html(value: str) -> tuple[str, list[Json]]:
    out, entities, open_tags, last = "", list[Json](), list[tuple[str, int, str]](), 0
    for match in _HTML.finditer(value):
        out += value[last : match.start()]
        last = match.end()
        at = len(value[: match.start()].encode())
        if match[0].startswith("&"):
            out += unescape(match[0])
            continue
        name = (match[2] or "").lower()
        if not name or name not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
        if not match[1]:
            open_tags.append((name, units(out), match[3]))
            continue
        if not open_tags:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {at}")
        opened, start, attributes = open_tags.pop()
        if opened != name:
            raise bad(
                f'can\'t parse entities: Unmatched end tag at byte offset {at}, expected "</{opened}>", '
                f'found "</{name}>"'
            )
        if units(out) > start:
            entities.append(_tag_entity(name, start, units(out) - start, attributes))
    if open_tags:
        raise bad(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\""
        )
    return out + value[last:], [e for e in entities if e["type"] != "text_link" or e.get("url")]


def _tag_entity(name: str, start: int, length: int, attributes: str) -> Json:
    entity: Json = {"type": _TAGS[name], "offset": start, "length": length}
    if name == "a":
        link = re.search(r"href\s*=\s*[\"']([^\"']*)[\"']", attributes)
        entity["url"] = unescape(link[1]) if link else ""
    if name == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    if name == "tg-emoji":
        entity["custom_emoji_id"] = "".join(re.findall(r"emoji-id=[\"'](\d+)", attributes))
    return entity


def _markdown2(value: str) -> tuple[str, list[Json]]:
    out, entities, stack, i = "", list[Json](), list[tuple[str, int]](), 0
    quoted: int | None = None
    while i < len(value):
        if quoted is not None and value[i - 1] == "\n" and value[i] != ">":
            entities.append({"type": "blockquote", "offset": quoted, "length": units(out) - 1 - quoted})
            quoted = None
        code = next((m for m, _ in stack[-1:] if m in ("`", "```")), None)
        if value[i] == "\\" and i + 1 < len(value) and ord(value[i + 1]) < 127:
            out, i = out + value[i + 1], i + 2
            continue
        mark = next((m for m in ("```", "__", "||", "*", "_", "~", "`") if value.startswith(m, i)), None)
        if code is not None and mark != code:
            out, i = out + value[i], i + 1
        elif mark is not None and stack and stack[-1][0] == mark:
            start = stack.pop()[1]
            entities.append({"type": _MARKS[mark], "offset": start, "length": units(out) - start})
            i += len(mark)
        elif mark is not None:
            stack.append((mark, units(out)))
            i += len(mark)
        elif value[i] == "[":
            stack.append(("[", units(out)))
            i += 1
        elif value[i] == "]" and stack and stack[-1][0] == "[" and value.startswith("](", i):
            closing = re.compile(r"(?<!\\)\)").search(value, i)
            end = closing.start() if closing else -1
            if end < 0:
                raise bad("can't parse entities: Can't find end of a URL at byte offset " + _byte(value, i))
            start = stack.pop()[1]
            link: Json = {"type": "text_link", "offset": start, "length": units(out) - start}
            entities.append(link | {"url": value[i + 2 : end].replace("\\", "")})
            i = end + 1
        elif value[i] == ">" and (not out or out.endswith("\n")):
            quoted, i = (units(out) if quoted is None else quoted), i + 1
        elif value[i] in _RESERVED:
            raise bad(
                f"can't parse entities: Character '{value[i]}' is reserved and must be escaped with the "
                "preceding '\\'"
            )
        else:
            out, i = out + value[i], i + 1
    if stack:
        kind = _MARKS.get(stack[-1][0], "text_link").capitalize()
        raise bad(f"can't parse entities: Can't find end of {kind} entity at byte offset {stack[-1][1]}")
    if quoted is not None:
        entities.append({"type": "blockquote", "offset": quoted, "length": units(out) - quoted})
    return out, [e for e in entities if number(e, "length")]


def _byte(value: str, index: int) -> str:
    return str(len(value[:index].encode()))


def _markdown(value: str) -> tuple[str, list[Json]]:
    out, entities, last = "", list[Json](), 0
    pattern = re.compile(
        r"\\([_*`\[])|\[([^\]]+)\]\(([^)]+)\)|```(.+?)```|\*([^*]+)\*|_([^_]+)_|`([^`]+)`|[*_`\[]", re.S
    )
    for match in pattern.finditer(value):
        out += value[last : match.start()]
        last = match.end()
        kinds = ("text_link", "pre", "bold", "italic", "code")
        inner = (match[2], match[4], match[5], match[6], match[7])
        if match[1]:
            out += match[1]
            continue
        if not any(inner):
            raise bad(
                "can't parse entities: Can't find end of the entity starting at byte offset "
                + _byte(value, match.start())
            )
        kind, body = next((k, b) for k, b in zip(kinds, inner, strict=True) if b)
        entity: Json = {"type": kind, "offset": units(out), "length": units(body)}
        entities.append(entity | ({"url": match[3]} if kind == "text_link" else {}))
        out += body
    return out + value[last:], entities


def formatted(params: Json, key: str, entities_key: str, limit: int, too_long: str) -> tuple[str, list[Json]]:
    """Text and entities out of a request's parameters, within the limit."""
    value = text(params, key)
    mode = text(params, "parse_mode")
    given = params.get(entities_key)
    entities = [e for e in given if isinstance(e, dict)] if isinstance(given, list) else []
    if mode:
        value, entities = parse(value, mode)
    for entity in entities:
        if number(entity, "offset") + number(entity, "length") > units(value):
            raise bad("ENTITY_BOUNDS_INVALID")
    lead = units(value) - units(value.lstrip())
    entities = [e | {"offset": max(0, number(e, "offset") - lead)} for e in entities]
    value = value.strip()
    size = units(value)
    if size > limit:
        raise bad(too_long)
    kept = [e | {"length": min(number(e, "length"), size - number(e, "offset"))} for e in entities]
    return value, auto_entities(value, [e for e in kept if number(e, "length") > 0])
