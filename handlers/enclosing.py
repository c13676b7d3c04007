"""Files that somebody sent to the bot and that go along to somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Enclosed
from classroom.events import Attachment, Json, Message

PASSED_ON = frozenset({"photo", "voice", "video", "video_note", "audio", "document"})
"""Kinds that carry something to say; a sticker alone does not."""

MOST = 10


def files_of(message: Message) -> list[Json]:
    """What of a message goes along (of the message it answers too), as a draft or a line keeps it."""
    quoted = message.reply_to.attachments if message.reply_to else ()
    return as_json((*message.attachments, *quoted), message.origin.platform)


def own_files(message: Message) -> list[Json]:
    """As `files_of`, without those of the message that is answered."""
    return as_json(message.attachments, message.origin.platform)


def as_json(attachments: Iterable[Attachment], platform: str) -> list[Json]:
    """Files as a draft or a line keeps them, with the platform that knows them by their ref."""
    kept = [a for a in attachments if a.kind in PASSED_ON][:MOST]
    return [{"kind": a.kind, "name": a.filename or a.kind, "ref": a.ref, "platform": platform} for a in kept]


def enclosed(kept: Json) -> tuple[Enclosed, ...]:
    """Kept files as they go to somebody, on whichever platform."""
    files = [f for f in kept if isinstance(f, dict)] if isinstance(kept, list) else []
    return tuple(
        Enclosed(str(f.get("kind")), str(f.get("name")), ref=str(f.get("ref")), platform=_platform(f))
        for f in files
    )


def _platform(kept: dict[str, Json]) -> str | None:
    name = kept.get("platform")
    return name if isinstance(name, str) else None
