"""How a phone shows markdown: written after CommonMark, and knowing nothing of how ours is made."""

from __future__ import annotations

import html
import re

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
CODE = re.compile(r"(?s)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\[([^\]]*)\]\((\S+?)\)")
REFERENCE = re.compile(r"(?m)^\[[^\]]+\]:.*$")
EMPHASIS = re.compile(r"(\*\*?|__?|~~?)(?=\S)(.+?)(?<=\S)\1")
TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->")
HEADING = re.compile(r"(?m)^ {0,3}#{1,6}(?:[ \t]+|$)")
QUOTE = re.compile(r"(?m)^ {0,3}> ?")
BULLET = re.compile(r"(?m)^ {0,3}[-+*][ \t]+")
INDENTED = re.compile(r"(?m)^(?: {1,}|\t+)")
RULE = re.compile(r"(?m)^(?:={2,}|-{2,})[ \t]*$")
URL = re.compile(r"https?://[^\s<>*`]+")


def shown(text: str) -> tuple[str, tuple[str, ...]]:
    """What is to be read, and the addresses behind its links."""
    kept: list[str] = []
    links: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\ue000{len(kept) - 1}\ue001"

    def link(found: re.Match[str]) -> str:
        links.append(found[2])
        return found[1]

    text = ESCAPED.sub(lambda found: keep(found[1]), text)
    text = LINK.sub(link, text)
    text = URL.sub(lambda found: keep(found[0]), text)
    text = CODE.sub(lambda found: keep(found[2]), text)
    for structure in (REFERENCE, HEADING, QUOTE, BULLET, INDENTED, RULE, TAG):
        text = structure.sub("", text)
    text = EMPHASIS.sub(r"\2", text)
    text = html.unescape(text)
    while "\ue000" in text:
        text = re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], text)
    return text, tuple(links)
