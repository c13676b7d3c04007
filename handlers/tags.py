"""The tag beside a guardian's name in the class's groups: 张小明妈妈."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Ask, Effect, Question, Tag
from classroom.events import Answered, Joined
from classroom.relations import Relation
from classroom.rules.names import TAG_LENGTH, expected_name, fits_member_tag, member_tag
from handlers.feature import Feature, Happening
from handlers.room import Room
from storage import guardians, identity, rosters
from storage.tables import Guardian

OUTSIDE = frozenset({"left", "kicked"})
"""What a platform says of somebody who is not in a group (any more)."""


def attach(feature: Feature) -> None:
    """Declare what this part listens to."""
    feature.on(Joined)(joined)
    feature.answer("bind.member")(seen)


def joined(event: Happening, room: Room) -> Iterable[Effect]:
    """A guardian who comes (back) into the group wears no tag: the platform forgets it on leaving."""
    if room.group is None or room.classroom is None or not room.who.guardian_of:
        return []
    member = identity.saw_member(room.db, room.group.chat, room.who.account, room.now)
    member.tag = None
    return tags_for(room, room.who.person)


def ask_where(room: Room, person: int) -> list[Effect]:
    """Ask in which groups of the class a person is who has not been seen in any of them."""
    return [
        Ask(
            identity.group_address(group),
            Question.MEMBER,
            account.native,
            "bind.member",
            asked_by=account.id,
        )
        for account, _ in identity.accounts_of(room.db, person)
        for group in identity.groups_of(room.db, room.here.id)
        if group.platform == account.platform and identity.member(room.db, group.id, account.id) is None
    ]


def seen(event: Answered, room: Room) -> Iterable[Effect]:
    """The platform knows the guardian in that group: now the tag can be set."""
    found = event.answer
    inside = isinstance(found, dict) and found.get("status") not in OUTSIDE
    if not inside or room.group is None or room.classroom is None or room.actor is None:
        return []
    identity.saw_member(room.db, room.group.chat, room.who.account, room.now)
    return tags_for(room, room.who.person)


def tags_for(room: Room, person: int) -> list[Tag]:
    """Set or take off a person's tags where they are not what the bindings say; remembered as set."""
    wanted = tag_of(room, person)
    tags: list[Tag] = []
    for account, _ in identity.accounts_of(room.db, person):
        for group in identity.groups_of(room.db, room.here.id):
            member = identity.member(room.db, group.id, account.id)
            if member is None or not member.present or (member.tag or "") == wanted:
                continue
            member.tag = wanted or None
            if group.platform == account.platform:
                tags.append(Tag(identity.group_address(group), account.native, wanted))
    return tags


def tag_of(room: Room, person: int) -> str:
    """What a person's bindings in this class make of the tag; siblings share one while they fit."""
    links = [g for g in guardians.links_of_person(room.db, person) if g.state == guardians.ACTIVE]
    links = [g for g in links if rosters.find(room.db, room.here.id, g.student_id)]
    if not links:
        return ""
    alike = [g for g in links if g.relation == links[0].relation]
    joined = _name(room, alike)
    return fits_member_tag(joined) if len(joined) <= TAG_LENGTH else _of_one(room, alike[0])


def _of_one(room: Room, link: Guardian) -> str:
    student = next(s for s in room.roster.students if s.id == link.student_id)
    return member_tag(student, Relation(link.relation), language=room.say_class.language)


def _name(room: Room, links: Sequence[Guardian]) -> str:
    language = room.say_class.language
    students = [s for g in links for s in room.roster.students if s.id == g.student_id]
    relation = Relation(links[0].relation)
    names = [expected_name(s, relation, "{student}", language=language) for s in students]
    last = expected_name(students[-1], relation, language=language)
    return "".join([*names[:-1], last])
