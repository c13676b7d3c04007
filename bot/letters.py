"""The link that stands for a message's buttons, where a platform shows none."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Key
from storage import letters, queue
from storage.codes import Digest
from storage.database import Records
from templates.render import Say, language_of

PATH = "/f/"


@dataclass(frozen=True, slots=True)
class Letters:
    """Makes addresses of letters' pages; `public_url` is where they can be reached from outside."""

    digest: Digest
    public_url: str
    language: str

    def link(self, records: Records, due: queue.Due) -> Key | None:
        """The one key of a message whose buttons are on a page; None where there can be no page."""
        if not self.public_url:
            return None
        code = letters.code_of(self.digest, due.id, due.created_at + letters.LIFE)
        language = letters.language_of(records, due.chat_id, due.classroom_id) or self.language
        label = Say(language_of(language, self.language)).label("family_page.open_letter")
        return Key(label.text, url=f"{self.public_url}{PATH}{code}")
