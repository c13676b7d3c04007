"""The tag beside a guardian's name in the class's groups: 张小明妈妈."""

from __future__ import annotations

from collections.abc import Sequence

from classroom.effects import Tag
from classroom.relations import Relation
from classroom.rules.names import TAG_LENGTH, expected_name, fits_member_tag
from handlers.room import Room
from storage import guardians, identity, rosters
from storage.tables import Guardian


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
    return fits_member_tag(joined if len(joined) <= TAG_LENGTH else _name(room, alike[:1]))


def _name(room: Room, links: Sequence[Guardian]) -> str:
    english = room.say_class.language == "en"
    students = [s for g in links for s in room.roster.students if s.id == g.student_id]
    relation = Relation(links[0].relation)
    names = [expected_name(s, relation, "{student}", english=english) for s in students]
    last = expected_name(students[-1], relation, english=english)
    return "".join([*names[:-1], last])
