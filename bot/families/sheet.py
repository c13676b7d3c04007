"""How the families' pages look: large type, few buttons, nothing fetched from anywhere, no script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from classroom import markup
from classroom.pages import Page
from classroom.text import PrivateText, PublicText
from storage.letters import Letter, Words
from templates.render import Say

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def page(shown: Page, *, noted: bool) -> str:
    """A family's page; `noted`: it has just pressed, and whoever counts it may need another moment."""
    say = Say(shown.language)
    just_noted = noted and shown.button is not None
    note = say.private("family_page.noted") if just_noted else shown.note
    return _rendered(
        say,
        head=_plain(shown.head),
        title=_plain(shown.title),
        note=_plain(note),
        words=_plain(shown.words) if shown.words else "",
        button=shown.button.text if shown.button and not just_noted else "",
        once=shown.once,
        done=shown.done or just_noted,
    )


def letter(say: Say, code: str, classroom: str, shown: Letter, once: str) -> str:
    """A letter and its answers, with what its reader has just been answered above them."""
    notes = [one.text for one in shown.notes]
    if not shown.handled:
        notes = [_plain(say.private("family_page.working"))]
    elif not shown.words:
        notes = [_plain(say.private("family_page.taken_back"))]
    return _template("letter.html").render(
        language=say.language.replace("_", "-"),
        style=Markup(STYLE),  # noqa: S704 - our own
        head=_plain(say.private("family_page.head", classroom=classroom)),
        notes=notes,
        waiting=not shown.handled,
        parts=[(_plain(part.text), part.keys, _files(say, code, part)) for part in shown.words],
        asked=shown.asked,
        answer=say.label("family_page.answer").text,
        send=say.label("family_page.send").text,
        once=once,
        footer=_plain(say.private("family_page.footer")),
    )


def _files(say: Say, code: str, part: Words) -> list[tuple[str, str]]:
    """Where each file of a message is, from the page, and what it is called."""
    return [
        (f"{code}/{part.number}-{place}", say.label("family_page.file", name=file.filename).text)
        for place, file in enumerate(part.files)
    ]


def unknown(say: Say) -> str:
    """What every code reads that opens nothing, whatever the reason."""
    return _only(say, "unknown")


def later(say: Say) -> str:
    """It cannot be done at this moment."""
    return _only(say, "later")


def _only(say: Say, what: str) -> str:
    title, note = (say.private(f"family_page.{name}") for name in (f"{what}_title", what))
    return _rendered(say, head="", title=_plain(title), note=_plain(note), words="", button="", once="")


def _rendered(say: Say, **values: object) -> str:
    footer = _plain(say.private("family_page.footer")) if values["words"] else ""
    language = say.language.replace("_", "-")
    return _template("page.html").render(
        {"done": False, "language": language, "style": Markup(STYLE), "footer": footer} | values  # noqa: S704
    )


def _plain(text: PrivateText | PublicText) -> str:
    return markup.plain(text.body)


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(FOLDER)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(name)
