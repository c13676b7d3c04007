"""Who is a parent, by the school's own word: asked before anything is said to an id for the first time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

from bot.platforms.tencent import fields
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.wecom_school.addressing import Parent, userid
from bot.platforms.wecom_school.failures import TABLE
from bot.ports import Failure, Outcome, Refused
from classroom.events import Json

STUDENT, PARENT = 1, 2
TRUSTED = 24 * 3600.0
"""Seconds for which the school's word holds."""

MOST = 50_000

Ask = Callable[[str], Awaitable[Mapping[str, Json]]]
"""Asks who has an id; raises ApiError or LineError."""


class Register:
    """Asks the school, and remembers its answer for a day. A student's id stays one for good."""

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        """`ask` asks the school about an id; `clock` gives seconds that only go forward."""
        self._ask, self._clock = ask, clock
        self._parents: OrderedDict[str, float] = OrderedDict()
        self._students: OrderedDict[str, None] = OrderedDict()

    async def vouch(self, native: str) -> Parent | Outcome:
        """The parent with this id, who follows the school's notices; else why nothing may be said."""
        who = userid(native)
        if who is None:
            return Refused(Failure.NOT_FOUND, "no parent")
        if who.lower() in self._students:
            return Refused(Failure.LEAK, "a student's id")
        if self._clock() < self._parents.get(who.lower(), 0.0):
            return Parent(who)
        try:
            found = await self._ask(who)
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return self._judged(who, found)

    def met_student(self, native: str) -> None:
        """An id was seen on a student: nothing is ever said to it."""
        self._students[native.lower()] = None
        self._parents.pop(native.lower(), None)
        if len(self._students) > MOST:
            self._students.popitem(last=False)

    def forget(self, native: str) -> None:
        """Something about an id has changed: ask again."""
        self._parents.pop(native.lower(), None)

    def _judged(self, who: str, found: Mapping[str, Json]) -> Parent | Outcome:
        """The school's word; whatever is not plainly a parent is not one."""
        kind, parent = fields.number(found, "user_type"), fields.inner(found, "parent")
        if (
            kind == STUDENT
            or fields.text(fields.inner(found, "student"), "student_userid").lower() == who.lower()
        ):
            self.met_student(who)
            return Refused(Failure.LEAK, "a student's id")
        if kind != PARENT or fields.text(parent, "parent_userid").lower() != who.lower():
            return Refused(Failure.NOT_FOUND, "no parent")
        if fields.number(parent, "is_subscribe") == 0:
            return Refused(Failure.NOT_SUBSCRIBED, "is_subscribe 0")
        self._parents[who.lower()] = self._clock() + TRUSTED
        self._parents.move_to_end(who.lower())
        if len(self._parents) > MOST:
            self._parents.popitem(last=False)
        return Parent(who)
