"""To whom a notice goes: to one parent, by name, and to nobody else. The only place that writes a receiver.

The interface can reach students as well, whole classes and everybody (recv_scope 1 and 2, to_student_userid,
to_party, toall); nothing here can say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classroom.events import Json

USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""A userid of the school's address book, in which capitals make no difference."""

PARENTS = 0
"""recv_scope: who is told. 0 parents, 1 students, 2 both."""

CONTENT = ("text", "image", "voice", "video", "file", "news")
"""What a message may hold beside its receiver."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent's own id, of which the school has said that it is one; made by `Register` alone."""

    userid: str


def userid(native: str) -> str | None:
    """An id that can be one person's; None for what is none, or could mean several."""
    return native if USERID.fullmatch(native) else None


def addressed(parent: Parent, agent: int, message: Mapping[str, Json]) -> dict[str, Json]:
    """The body of a notice to one parent; of `message` only its kind and its content are taken."""
    kind = message.get("msgtype")
    if not isinstance(kind, str) or kind not in CONTENT or userid(parent.userid) is None:
        raise ValueError("a notice has a kind and one parent")
    return {
        "recv_scope": PARENTS,
        "to_parent_userid": [parent.userid],
        "to_student_userid": [],
        "to_party": [],
        "toall": 0,
        "msgtype": kind,
        "agentid": agent,
        kind: message.get(kind),
        "enable_id_trans": 0,
    }
