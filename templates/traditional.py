"""`python -m templates.traditional`: write templates/zh_TW from templates/zh_CN, and what reads it back.

Texts are written in zh_CN; those in zh_TW are made from them and never edited, so that there is one place
to change a text in. What people type is in no template and is never converted. A command that a text tells
people to type is changed in its characters only, not in its words, so that it is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
FROM, TO = FOLDER / "zh_CN", FOLDER / "zh_TW"
TABLE = FOLDER.parent / "classroom" / "traditional.py"
AUDIENCES = ("group", "private", "label")

WORDS = {
    "賬號": "帳號",
    "賬戶": "帳戶",
    "二維碼": "QR Code",
    "班主任": "導師",
    "回執": "回條",
    "班級群": "班級群組",
    "班級群裡": "班級群組裡",
    "群裡": "群組裡",
    "群規": "群組規則",
    "簡體中文": "繁體中文",
    "天后": "天後",
    "迴音": "回音",
    "繫結": "綁定",
    "樓道里": "樓道裡",
}
"""Words of Taiwan's schools and phones that the converter does not know."""

QUOTES = str.maketrans("“”‘’", "「」『』")

_AS_IT_IS = "{# as it is #}"
_CODE = re.compile(r"\{%.*?%\}|\{#.*?#\}")
TYPED = re.compile(r"<code>.*?</code>|/[\u4e00-\u9fff]{1,6}")
"""What people are told to type."""
Change = Callable[[str], str]


def _apart(text: str, apart: re.Pattern[str], inside: Change, outside: Change) -> str:
    """Change what a pattern finds one way, and what lies between another way."""
    made, at = [], 0
    for found in apart.finditer(text):
        made += [outside(text[at : found.start()]), inside(found[0])]
        at = found.end()
    return "".join([*made, outside(text[at:])])


def converter() -> Change:
    """What makes a template of zh_TW from one of zh_CN; conditions stay, and lines that say so."""
    from opencc import OpenCC  # noqa: PLC0415 - not there where Homeroom only runs

    words, characters = OpenCC("s2twp"), OpenCC("s2tw")
    own = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))

    def said(text: str) -> str:
        return own.sub(lambda found: WORDS[found[0]], words.convert(text)).translate(QUOTES)

    def typed(text: str) -> str:
        return _apart(text, _CODE, str, characters.convert)

    def prose(text: str) -> str:
        return _apart(text, _CODE, str, said)

    def line(text: str) -> str:
        return text if _AS_IT_IS in text else _apart(text, TYPED, typed, prose)

    return lambda text: "".join(map(line, text.splitlines(keepends=True)))


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of zh_TW as it should be."""
    convert = converter()
    for audience in AUDIENCES:
        for path in sorted((FROM / audience).glob("*.j2")):
            yield TO / audience / path.name, convert(path.read_text(encoding="utf-8"))


def table() -> str:
    """The module that says which simplified character a traditional one is.

    A character that is an ordinary one in simplified writing as well (乾, 於, 藉) is left as it is.
    """
    import opencc  # noqa: PLC0415

    source = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = [line.split("\t") for line in source.read_text(encoding="utf-8").splitlines()]
    chosen = [(old, new.split(" ")) for old, new in pairs if len(old) == 1 and old <= "\uffff"]
    found = {old: new[0] for old, new in chosen if old not in new and new[0] <= "\uffff"}
    kept = {old: new for old, new in found.items() if old == "後" or not _ordinary(old)}
    old, new = ("\n".join(_lines("".join(side))) for side in (kept, kept.values()))
    return (
        '"""Traditional characters and the simplified ones they are; made by templates/traditional.py."""\n\n'
        "from __future__ import annotations\n\n"
        f"_OLD = (\n{old}\n)\n_NEW = (\n{new}\n)\n\n"
        "SIMPLIFIED = str.maketrans(_OLD, _NEW)\n"
        '"""For str.translate: every traditional character becomes one simplified character."""\n'
    )


def _ordinary(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _lines(text: str) -> Iterator[str]:
    for at in range(0, len(text), 100):
        yield f'    "{text[at : at + 100]}"'


def write() -> None:
    """Write everything anew, and take away what is there no more."""
    made = dict(texts())
    for old in TO.rglob("*.j2"):
        if old not in made:
            old.unlink()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    write()
