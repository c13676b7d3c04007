"""The school's address book and its notices: who is a parent, who follows, and what stands on whose phone."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from classroom.events import Json
from tests.wecomapi import checks
from tests.wecomapi.checks import Obj, obj, objects, text, words
from tests.wecomapi.corp import Corp, RefusedError, Shown
from tests.wecomapi.methods import Answer, Asked, file_of, is_repetition
from tests.wecomapi.postman import Postman

CAMPUS, GRADE, CLASS = 4, 2, 1
PARENTS, STUDENTS, BOTH = 0, 1, 2


@dataclass
class Parent:
    """A parent: of which children, as what, and whether the school's notices are followed."""

    userid: str
    mobile: str
    follows: bool
    children: dict[str, str] = field(default_factory=dict)
    inbox: list[Shown] = field(default_factory=list)


@dataclass
class Student:
    """A child, who has a phone, too."""

    userid: str
    name: str
    departments: list[int]
    inbox: list[Shown] = field(default_factory=list)


@dataclass
class Department:
    """A campus, a year or a class."""

    number: int
    name: str
    parent: int
    kind: int
    admins: list[str] = field(default_factory=list)
    graduated: bool = False


class School:
    """The school side of a corp, with an app of its own for parents."""

    def __init__(self) -> None:
        self.agent_id, self.secret = 1000007, f"school-{secrets.token_hex(16)}"
        self.in_list = True
        """Whether the app is one that parents may use."""
        self.scope: list[int] = []
        self.departments: dict[int, Department] = {1: Department(1, "实验小学", 0, CAMPUS)}
        self.students: dict[str, Student] = {}
        self.parents: dict[str, Parent] = {}
        self.turned = False
        """A world in which the table of recv_scope is not what everybody believes it to be."""

    def department(self, name: str, kind: int = CLASS, above: int = 1, admins: tuple[str, ...] = ()) -> int:
        """Another part of the school; the app may tell its parents."""
        number = max(self.departments) + 1
        self.departments[number] = Department(number, name, above, kind, [*admins])
        self.scope.append(number)
        return number

    def student(self, userid: str, name: str, department: int) -> str:
        """A child in a class."""
        self.students[userid.lower()] = Student(userid, name, [department])
        return userid

    def parent(
        self, userid: str, relation: str, *children: str, follows: bool = True, mobile: str = ""
    ) -> str:
        """A parent of these children."""
        found = self.parents.setdefault(userid.lower(), Parent(userid, mobile, follows))
        found.children |= dict.fromkeys(children, relation)
        return userid

    def read(self, parent: str) -> list[str]:
        """What a parent has read."""
        return [one.text or one.filename for one in self.parents[parent.lower()].inbox]

    @property
    def on_students_phones(self) -> list[Shown]:
        """What children have read: nothing, ever."""
        return [one for student in self.students.values() for one in student.inbox]


def changed(postman: Postman, kind: str, userid: str) -> None:
    """Have the app told that the address book has changed."""
    postman._event("sys", "change_school_contact", ChangeType=kind, Id=userid)


def follows(postman: Postman, userid: str, on: bool = True) -> None:
    """A parent begins to follow the school's notices, or ends it."""
    postman.corp.school.parents[userid.lower()].follows = on
    changed(postman, "subscribe" if on else "unsubscribe", userid)


# --- what may be asked ---------------------------------------------------------------------------


def department_list(asked: Asked) -> Answer:
    """All departments, or one with all below it."""
    school, wanted = asked.corp.school, asked.query.get("id", "")
    listed: list[Json] = [_department(one) for one in school.departments.values()]
    if wanted and not (wanted.isdecimal() and int(wanted) in school.departments):
        raise RefusedError(60003, "department not found")
    return {"departments": listed}


def user_list(asked: Asked) -> Answer:
    """The children of one department, none of those below it."""
    school, wanted = asked.corp.school, asked.query.get("department_id", "")
    if not wanted.isdecimal() or int(wanted) not in school.departments:
        raise RefusedError(60003, "department not found")
    listed: list[Json] = [
        _student(school, one) for one in school.students.values() if int(wanted) in one.departments
    ]
    return {"students": listed}


def user_get(asked: Asked) -> Answer:
    """A child or a parent."""
    school, who = asked.corp.school, asked.query.get("userid", "").lower()
    if who in school.students:
        return {"user_type": 1, "student": _student(school, school.students[who])}
    if who not in school.parents:
        raise RefusedError(60111, "userid not found")
    found = school.parents[who]
    children: list[Json] = [
        {"student_userid": child, "relation": relation} for child, relation in found.children.items()
    ]
    return {"user_type": 2, "parent": {**_parent(found), "children": children}}


def get_allow_scope(asked: Asked) -> Answer:
    """Whose parents the app may tell."""
    _its_own(asked, int(asked.query.get("agentid", "0") or 0))
    parties: list[Json] = [*asked.corp.school.scope]
    return {"allow_scope": {"students": {"userid": []}, "departments": {"partyid": parties}}}


def message_send(asked: Asked) -> Answer:
    """A notice. Whom it reaches follows from recv_scope and from all four kinds of receivers."""
    corp, school, body = asked.corp, asked.corp.school, asked.body
    agent = body.get("agentid")
    _its_own(asked, agent if isinstance(agent, int) else 0)
    if not school.in_list:
        raise RefusedError(301002, "not allow operate another agent with this accesstoken")
    scope = body.get("recv_scope", PARENTS)
    if not isinstance(scope, int) or scope not in (PARENTS, STUDENTS, BOTH):
        raise RefusedError(40058, "recv_scope")
    if school.turned:
        scope = {PARENTS: STUDENTS, STUDENTS: PARENTS}.get(scope, scope)
    parents = _listed(body, "to_parent_userid", 1000)
    invalid = [one for one in parents if not _may_hear(school, one)]
    reached: list[list[Shown]] = []
    if scope in (PARENTS, BOTH):
        reached += [school.parents[one.lower()].inbox for one in parents if one not in invalid]
    for child in _told_children(school, body):
        if scope in (STUDENTS, BOTH):
            reached.append(child.inbox)
        if scope in (PARENTS, BOTH):
            reached += [p.inbox for p in school.parents.values() if child.userid in p.children and p.follows]
    shown = _message(corp, body)
    if not reached and not school.turned:
        raise RefusedError(81013, "user & party & tag all invalid")
    if not is_repetition(corp, body):
        for inbox in reached:
            inbox.append(Shown(**vars(shown)))
    listed: list[Json] = [*invalid] if not school.turned else []
    return {"invalid_parent_userid": listed, "invalid_student_userid": [], "invalid_party": []}


METHODS: dict[str, tuple[str, Callable[[Asked], Answer]]] = {
    "school/department/list": ("GET", department_list),
    "school/user/list": ("GET", user_list),
    "school/user/get": ("GET", user_get),
    "school/agent/get_allow_scope": ("GET", get_allow_scope),
    "externalcontact/message/send": ("POST", message_send),
}


def _its_own(asked: Asked, agent: int) -> None:
    """An app speaks for itself alone."""
    corp = asked.corp
    own = {corp.secret: corp.agent_id, corp.school.secret: corp.school.agent_id}
    if own.get(corp.whose[asked.query["access_token"]]) != agent:
        raise RefusedError(301002, "not allow operate another agent with this accesstoken")


def _may_hear(school: School, userid: str) -> bool:
    found = school.parents.get(userid.lower())
    if found is None or not found.follows:
        return False
    children = [school.students[child.lower()] for child in found.children]
    return any(number in school.scope for child in children for number in child.departments)


def _told_children(school: School, body: Obj) -> list[Student]:
    """The children that are named, themselves or with all of their class or school."""
    parties = _listed(body, "to_party", 100)
    named = [one.lower() for one in _listed(body, "to_student_userid", 1000)]
    return [
        child
        for child in school.students.values()
        if body.get("toall") == 1
        or child.userid.lower() in named
        or any(str(number) in parties for number in child.departments)
    ]


def _listed(body: Obj, key: str, most: int) -> list[str]:
    value = body.get(key, [])
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
        raise RefusedError(40058, key)
    return [str(one) for one in value]


def _message(corp: Corp, body: Obj) -> Shown:
    kind = text(body, "msgtype")
    if kind not in ("text", "image", "voice", "video", "file", "news"):
        raise RefusedError(40008, "invalid message type")
    inner = obj(body.get(kind))
    shown = Shown(f"msg-{corp.number()}", kind, at=corp.now())
    if kind == "text":
        shown.text = words(inner, "content", 2048)
    elif kind == "news":
        articles = objects(inner, "articles", 8, 1)
        parts = [words(one, "title", 128) for one in articles] + [
            checks.words(one, "url", 2048) for one in articles
        ]
        shown.text = "\n".join(parts)
    else:
        shown.filename = file_of(corp, text(inner, "media_id")).name
    return shown


def _department(one: Department) -> Json:
    admins: list[Json] = [{"userid": who, "type": 3, "subject": ""} for who in one.admins]
    return {
        "id": one.number,
        "name": one.name,
        "parentid": one.parent,
        "type": one.kind,
        "is_graduated": int(one.graduated),
        "department_admins": admins,
        "register_year": 2024,
        "standard_grade": 3,
        "order": one.number,
    }


def _student(school: School, one: Student) -> Json:
    departments: list[Json] = [*one.departments]
    parents: list[Json] = [
        {**_parent(p), "relation": p.children[one.userid]}
        for p in school.parents.values()
        if one.userid in p.children
    ]
    return {"student_userid": one.userid, "name": one.name, "department": departments, "parents": parents}


def _parent(one: Parent) -> dict[str, Json]:
    return {
        "parent_userid": one.userid,
        "mobile": one.mobile,
        "is_subscribe": int(one.follows),
        "external_userid": f"wm-{one.userid}",
    }
