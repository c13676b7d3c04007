"""The links by which families come in: one for the class, one for each child."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.room import Room
from storage import codes, links

CLASSROOM, STUDENT, ACCOUNT = "classroom", "student", "account"
"""What a code is for: the class's link, a child's link, a further account of somebody known."""


def class_token(room: Room) -> str:
    """The token of the class's link, made when it is first needed."""
    standing = codes.standing(room.db, CLASSROOM, room.here.id, room.now)
    if standing is not None:
        return standing.token
    return codes.make(room.db, room.instance.digest, CLASSROOM, room.here.id, room.now)


def class_link(room: Room) -> str:
    """The address that families of the class come in by."""
    return room.link(class_token(room), families_door(room))


def members_link(room: Room) -> str:
    """The address for who is a member of the teacher's own channel, where families come in by another."""
    return room.link(class_token(room)) if families_door(room) != room.platform else ""


def families_door(room: Room) -> str:
    """The platform that families come in by: the teacher's own, or one that asks for no membership."""
    instance = room.instance
    if room.platform in instance.private_only - instance.for_everybody and instance.for_everybody:
        return min(instance.for_everybody)
    return room.platform


def student_links(room: Room, students: Sequence[int]) -> dict[int, str]:
    """The address of each child's own link."""
    tokens = links.student_tokens(room.db, room.instance.digest, room.here.id, students, room.now)
    door = families_door(room)
    return {student: room.link(token, door) for student, token in tokens.items()}
