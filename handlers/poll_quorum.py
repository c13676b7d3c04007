"""How many households must vote for a poll to hold: 过半, 至少 30, quorum 50%. Pure."""

from __future__ import annotations

import re

MORE_THAN_HALF = "more"
_WORDS = {
    MORE_THAN_HALF: (
        r"[过過]半[数數]?(?:有效)?|超[过過]半[数數]|半[数數]以上|(?:quorum\s+)?(?:majority|more than half)"
    ),
    "2/3": r"(?:至少|不少于)?\s*三分之二(?:以上)?|(?:quorum|at least)\s*2/3",
}
_FIGURE = r"(?:至少|最少|不少于|quorum(?: of)?|at least|min(?:imum)?)\s*[:]?\s*(?P<n>\d{1,4})\s*(?P<share>%)?"
_READ = re.compile(
    "|".join(f"(?P<w{i}>{pattern})" for i, pattern in enumerate(_WORDS.values()))
    + rf"|{_FIGURE}\s*(?:个?家庭|户|戶|票|家|人|households|families|votes)?(?:有效)?"
)


def read_quorum(text: str) -> tuple[str, str]:
    """The quorum in a folded text as it is stored ("30", "50%", "2/3", "more"), and the text without it."""
    found = _READ.search(text)
    if found is None:
        return "", text
    said = next((name for i, name in enumerate(_WORDS) if found[f"w{i}"]), None)
    if said is None:
        said = f"{int(found['n'])}{found['share'] or ''}"
    return said, f"{text[: found.start()]} {text[found.end() :]}"


def needed(quorum: str, total: int) -> int:
    """How many of so many households a quorum asks for; 0 without one."""
    if not quorum:
        return 0
    if quorum == MORE_THAN_HALF:
        return total // 2 + 1
    if quorum == "2/3":
        return -(-total * 2 // 3)
    if quorum.endswith("%"):
        return -(-total * int(quorum[:-1]) // 100)
    return int(quorum)
