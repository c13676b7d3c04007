"""The three things a concern asks for: what was seen, what it leads to, what both sides can do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classroom.folding import fold


@dataclass(frozen=True)
class ConcernParts:
    """A concern's text by its parts; what stands under no heading is free."""

    fact: str
    impact: str
    suggestion: str
    free: str


_HEADINGS = {
    "fact": "事实|情况|经过|现象|facts?|observed|observation|what was seen",
    "impact": "影响|后果|impact|effect|consequences?",
    "suggestion": "建议|办法|希望|一起做|suggestions?|proposal|next steps?|what we can do",
}
_HEADING = re.compile(
    r"(?:(?<=[\s。!?;,.、】\])])|^)[【\[(]?(?:\d[.、]\s*)?(?:"
    + "|".join(f"(?P<{part}>{words})" for part, words in _HEADINGS.items())
    + r")[】\])]?\s*:[ \t]*"
)


def parts(text: str) -> ConcernParts:
    """Read 事实：… 影响：… 建议：… in any order, each optional, keeping the words as typed."""
    folded = fold(text)
    found = {"fact": "", "impact": "", "suggestion": ""}
    headings = list(_HEADING.finditer(folded.text))
    ends = [*(heading.start() for heading in headings), len(folded.text)][1:]
    for heading, end in zip(headings, ends, strict=False):
        part = heading.lastgroup or "fact"
        words = folded.source[folded.start(heading.end()) : folded.start(end)].strip()
        found[part] = f"{found[part]}\n{words}".strip()
    first = headings[0].start() if headings else len(folded.text)
    return ConcernParts(**found, free=folded.source[: folded.start(first)].strip())
