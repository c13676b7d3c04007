"""What the school's own address book says of its classes, as plain values that a queue can carry."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.events import Json

SCHOOL = "wecom.school"
"""The platform by which the school tells parents; its accounts are parents, and only parents."""

IN_GROUPS = "wecom.group"
"""The platform of the parents' groups in WeChat, where a parent goes by an id of WeChat's."""

WHOLE = "#school"
"""In the place of a person's id: the school itself, which can be asked and never told anything."""


@dataclass(frozen=True, slots=True)
class SchoolClassName:
    """A class there: its number, what it is called with its year (三年级2班), and who teaches in it."""

    number: str
    title: str
    teachers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Give it as plain JSON."""
        return {"number": self.number, "title": self.title, "teachers": list(self.teachers)}

    @classmethod
    def from_json(cls, data: Json) -> SchoolClassName:
        """Read what `to_json` wrote."""
        return cls(
            _text(data, "number"), _text(data, "title"), tuple(str(t) for t in _items(data, "teachers"))
        )


@dataclass(frozen=True, slots=True)
class SchoolParent:
    """A parent of one child; `follows` if the school's notices reach them, `external` is WeChat's id."""

    userid: str
    relation: str
    phone: str
    follows: bool
    external: str = ""

    def to_json(self) -> dict[str, Json]:
        """Give it as plain JSON."""
        return {
            "userid": self.userid,
            "relation": self.relation,
            "phone": self.phone,
            "follows": self.follows,
            "external": self.external,
        }

    @classmethod
    def from_json(cls, data: Json) -> SchoolParent:
        """Read what `to_json` wrote."""
        follows = isinstance(data, dict) and data.get("follows") is True
        userid, relation, phone = (_text(data, key) for key in ("userid", "relation", "phone"))
        return cls(userid, relation, phone, follows, _text(data, "external"))


@dataclass(frozen=True, slots=True)
class SchoolChild:
    """A child, whose id is the school's name for it and nobody's address."""

    userid: str
    name: str
    parents: tuple[SchoolParent, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Give it as plain JSON."""
        parents: list[Json] = [parent.to_json() for parent in self.parents]
        return {"userid": self.userid, "name": self.name, "parents": parents}

    @classmethod
    def from_json(cls, data: Json) -> SchoolChild:
        """Read what `to_json` wrote."""
        parents = tuple(SchoolParent.from_json(one) for one in _items(data, "parents"))
        return cls(_text(data, "userid"), _text(data, "name"), parents)


@dataclass(frozen=True, slots=True)
class SchoolBook:
    """One class of the address book; `in_scope` if the school lets its parents be told."""

    number: str
    title: str
    children: tuple[SchoolChild, ...] = ()
    in_scope: bool = True

    def to_json(self) -> dict[str, Json]:
        """Give it as plain JSON."""
        children: list[Json] = [child.to_json() for child in self.children]
        return {
            "number": self.number,
            "title": self.title,
            "children": children,
            "in_scope": self.in_scope,
        }

    @classmethod
    def from_json(cls, data: Json) -> SchoolBook:
        """Read what `to_json` wrote."""
        children = tuple(SchoolChild.from_json(one) for one in _items(data, "children"))
        in_scope = not (isinstance(data, dict) and data.get("in_scope") is False)
        return cls(_text(data, "number"), _text(data, "title"), children, in_scope)

    @property
    def students(self) -> frozenset[str]:
        """The ids of its children, in small letters: nobody with one of them is a parent."""
        return frozenset(child.userid.lower() for child in self.children)

    @property
    def parents(self) -> int:
        """How many parents it names, each counted once."""
        return len({parent.userid.lower() for child in self.children for parent in child.parents})


def _text(data: Json, key: str) -> str:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def _items(data: Json, key: str) -> list[Json]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []
