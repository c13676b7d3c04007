"""Templates → PublicText, PrivateText and Label: the only maker of all three.

A text is named `feature.block`: the block of templates/<language>/<group|private|label>/<feature>.j2.
Group templates and labels refuse private words; so a slip is an error, never a leak.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from classroom import markup
from classroom.errors import HomeroomError, LeakError
from classroom.text import Label, PrivateStr, PrivateText, PublicText
from templates import times

FOLDER = Path(__file__).parent
LANGUAGES = ("zh_CN", "zh_TW", "en")
DEFAULT_LANGUAGE = "zh_CN"
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Where a platform says one of these behind zh, people read traditional characters."""
MADE_FROM = {"zh_TW": "zh_CN"}
"""See templates/traditional.py; what has not been made yet is said in the language it will be made from."""
AUDIENCES = ("group", "private", "label")


def language_of(code: str | None, otherwise: str = DEFAULT_LANGUAGE) -> str:
    """The language we have for a platform's code (zh-hans, zh-TW, en-GB …)."""
    parts = code.lower().replace("_", "-").split("-") if code else [""]
    if parts[0] == "zh" and not TRADITIONAL.isdisjoint(parts):
        return "zh_TW"
    return {"zh": "zh_CN", "en": "en"}.get(parts[0], otherwise)


def _public(value: object) -> object:
    if isinstance(value, PrivateStr | PrivateText):
        raise LeakError("private words in a template for a group")
    return _shown(value)


def _private(value: object) -> object:
    return value.reveal() if isinstance(value, PrivateStr) else _shown(value)


def _shown(value: object) -> object:
    if isinstance(value, PublicText | PrivateText):
        return Markup(value.body)  # noqa: S704 - made by a template, escaped there
    return value.text if isinstance(value, Label) else value


@cache
def _environment(language: str, audience: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([FOLDER / of / audience for of in (language, *_source(language))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_private if audience == "private" else _public,
    )
    made.filters["listed"] = _listed(language)
    return made


def _source(language: str) -> tuple[str, ...]:
    return (MADE_FROM[language],) if language in MADE_FROM else ()


def _listed(language: str) -> Callable[[list[str]], str]:
    return "、".join if language.startswith("zh") else ", ".join


@cache
def _template(language: str, audience: str, feature: str) -> Template:
    return _environment(language, audience).get_template(f"{feature}.j2")


def _render(language: str, audience: str, name: str, values: dict[str, object]) -> str:
    feature, _, block = name.partition(".")
    template = _template(language, audience, feature)
    if block not in template.blocks and language in MADE_FROM:
        template = _template(MADE_FROM[language], audience, feature)
    if block not in template.blocks:
        raise HomeroomError(f"there is no text {name} in {language}/{audience}")
    return "".join(template.blocks[block](template.new_context(values))).strip()


class Say:
    """Speaks one language: `group` makes public, `private` private text, `label` buttons and toasts."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        """Speak `language`, one of LANGUAGES; what we do not have becomes Chinese."""
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE

    def group(self, name: str, /, **values: object) -> PublicText:
        """Text for a group; LeakError if private words are among the values."""
        return PublicText(_render(self.language, "group", name, values))

    def private(self, name: str, /, **values: object) -> PrivateText:
        """Text for one person."""
        return PrivateText(_render(self.language, "private", name, values))

    def label(self, name: str, /, **values: object) -> Label:
        """A button, a toast, a line of the menu: plain and short; LeakError as `group`."""
        return Label(markup.plain(_render(self.language, "label", name, values)))

    def knows(self, name: str) -> bool:
        """True if there is a label of this name."""
        feature, _, block = name.partition(".")
        languages = (self.language, *_source(self.language))
        return any(block in _template(language, "label", feature).blocks for language in languages)

    def when(self, moment: datetime, zone: ZoneInfo, now: datetime) -> str:
        """A moment as people say it: 明天（周二）07:00, tomorrow (Tue) 07:00."""
        return times.when(self.language, moment, zone, now)

    def day(self, moment: datetime, zone: ZoneInfo, now: datetime) -> str:
        """The day of a moment as people say it, without the time: 11月27日（周五）, Fri 27 Nov."""
        return times.day(self.language, moment.astimezone(zone).date(), now.astimezone(zone).date())
