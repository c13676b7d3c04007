"""What people do all day, and what must have become of each thing once all is quiet."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile

from tests.botapi import BotApiServer, Chat, Message, NotThere, User
from tests.torture.school import CHILDREN, SIGNS, SchoolClass

MARK = re.compile(f"[{SIGNS}]{{6}}")
OPTIONS = ("植物园", "科技馆", "动物园")
PATIENCE = 60.0
"""Seconds in which nothing at all happens before a deed counts as stuck."""
TURN = 0.02
MOST_WAITING = 100
Deed = Iterator[Callable[[], bool]]
"""Something that takes several steps: it gives what it waits for."""


@dataclass
class Ledger:
    """What was done, and so must be found in the end; marks are words that occur nowhere else."""

    heard: list[tuple[int, str, str]] = field(default_factory=list)
    """(chat, mark, what) that the bot must have said there."""
    removed: list[tuple[Message, str]] = field(default_factory=list)
    receipts: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    """By the notice's mark: (class, child) whose family pressed."""
    votes: dict[str, dict[tuple[int, str], int]] = field(default_factory=lambda: defaultdict(dict))
    """By the poll's mark: the last choice of each (class, child)."""
    secret: set[str] = field(default_factory=set)
    """Marks of criticism."""
    poison: set[str] = field(default_factory=set)
    """Marks of what has to be set aside."""
    stuck: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)


class Ears:
    """Which marks the bot has said where; what is looked at once is not looked at again."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.said: dict[tuple[int, str], Message] = {}
        self.leaks: list[str] = []
        self._read = 0

    def listen(self, secret: set[str]) -> None:
        """Read the requests that have come since; criticism on its way to a group is remembered for ever."""
        new = self.server.requests[self._read :]
        self._read += len(new)
        for served in new:
            chat = served.params.get("chat_id")
            if not isinstance(chat, int):
                continue
            marks = set(MARK.findall(str(served.params)))
            if chat < 0:
                self.leaks += sorted(marks & secret)
            if served.method not in ("sendMessage", "editMessageText") or not served.ok:
                continue
            world = self.server.world
            result = served.response.get("result")
            ident = result.get("message_id") if isinstance(result, dict) else None
            with world.lock:
                place = world.chats.get(chat)
                message = place.messages.get(ident) if place and isinstance(ident, int) else None
            if message is not None:
                self.said |= {(message.chat.id, mark): message for mark in marks}


class Life:
    """Drives deeds by chance, each class's teacher one at a time, until told to stop."""

    def __init__(self, server: BotApiServer, school: list[SchoolClass], seed: int) -> None:
        self.server, self.world, self.school = server, server.world, school
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.ears = Ears(server)
        self._number = 0
        self._busy: dict[int, tuple[Deed, Callable[[], bool], str]] = {}
        self._moved = (0, 0.0)
        self._presses: list[tuple[float, Callable[[], None]]] = []
        self._kinds: list[tuple[str, Callable[[SchoolClass], Deed]]] = [
            ("praise", self.praise),
            ("notice", self.notice),
            ("poll", self.poll),
            ("secret poll", self.secret_poll),
            ("concern", self.concern),
            ("concern typed in the group", self.slip),
        ]
        self._going = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._rate = 0.0
        self.trouble: BaseException | None = None

    # --- driving --------------------------------------------------------------------------------

    def begin(self, rate: float) -> None:
        """Let life go on in a thread of its own: `rate` short deeds a second besides the long ones."""
        self._rate = rate
        self._going.set()
        self._ended.clear()
        self._thread = threading.Thread(target=self._live, daemon=True, name="life")
        self._thread.start()

    def calm(self) -> None:
        """Begin nothing new; what was begun goes on."""
        self._going.clear()

    def rest(self) -> None:
        """Wait until everything that was begun has ended, or has waited too long."""
        self.calm()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self.trouble is not None:
            raise self.trouble

    def _live(self) -> None:
        try:
            due = time.monotonic()
            while self._going.is_set() or self._busy or self._presses:
                self.ears.listen(self.ledger.secret)
                self._go_on()
                if self._going.is_set():
                    for place in range(len(self.school)):
                        if place not in self._busy and self.random.random() < 0.2:
                            self._begin_long(place)
                    while due < time.monotonic():
                        due += 1 / self._rate
                        if len(self.world.updates.pending) < MOST_WAITING:
                            self.short()
                time.sleep(TURN)
        except BaseException as error:  # told by rest()
            self.trouble = error
        finally:
            self._ended.set()

    def _begin_long(self, place: int) -> None:
        what, make = self.random.choice(self._kinds)
        deed = make(self.school[place])
        self._busy[place] = (deed, next(deed), what)

    def _go_on(self) -> None:
        now, said = time.monotonic(), len(self.ears.said)
        if self._going.is_set() or said != self._moved[0]:
            self._moved = (said, now)
        for place, (deed, ready, what) in list(self._busy.items()):
            if ready():
                try:
                    self._busy[place] = (deed, next(deed), what)
                except StopIteration:
                    del self._busy[place]
                    self.ledger.done[what] += 1
            elif now > self._moved[1] + PATIENCE:
                del self._busy[place]
                seen = [str(shown)[:200] for shown in self.world.transcript(self.school[place].teacher)[-6:]]
                self.ledger.stuck.append(f"{what}; the teacher sees {seen}")
        ripe = [press for at, press in self._presses if at <= now]
        self._presses = [p for p in self._presses if p[0] > now]
        for press in ripe:
            press()

    # --- deeds ----------------------------------------------------------------------------------

    def mark(self) -> str:
        """A word that occurs once in the world, and holds no digit: those may be marks of an examination."""
        self._number += 1
        return "".join(SIGNS[int(digit)] for digit in f"{self._number:06}")

    def expect(self, where: Chat | User, mark: str, what: str) -> Callable[[], bool]:
        """Note that the bot has to say this there; gives the look whether it has."""
        chat = self.world.chat(where).id
        self.ledger.heard.append((chat, mark, what))
        return lambda: not {(chat, mark), (self.world.chat(where).id, mark)}.isdisjoint(self.ears.said)

    def short(self) -> None:
        """One thing that needs no going on: a word in the group, or a family's line to the teacher."""
        made = self.random.choice(self.school)
        child = self.random.choice(CHILDREN)
        mark = self.mark()
        if self.random.random() < 0.5:
            self.world.say(made.mothers[child], made.group, f"今天孩子{mark}作业写完了")
            self.ledger.done["chat"] += 1
            return
        self.world.dm(made.mothers[child], f"/message {mark}请让爷爷来接")
        self.expect(made.teacher, mark, "a line to the teacher")
        self.ledger.done["message"] += 1

    def praise(self, made: SchoolClass) -> Deed:
        """Praise in front of all, told at home."""
        mark, child = self.mark(), self.random.choice(CHILDREN)
        self.world.say(made.teacher, made.group, f"/praise {child} {mark}接力跑得真好")
        posted = self.expect(made.group, mark, "praise in the group")
        told = self.expect(made.mothers[child], mark, "praise at home")
        yield lambda: posted() and told()

    def concern(self, made: SchoolClass) -> Deed:
        """Criticism by the right way."""
        mark, child = self.mark(), self.random.choice(CHILDREN)
        self.ledger.secret.add(mark)
        self.world.dm(made.teacher, f"/concern {child} {mark}作业本没有带")
        yield lambda: self._offered(made.teacher, mark, "发送") is not None
        self._press(made.teacher, made.teacher, mark, "发送")
        yield self.expect(made.mothers[child], mark, "a concern")

    def slip(self, made: SchoolClass) -> Deed:
        """Criticism typed into the group by mistake: taken away, and a draft in private."""
        mark, child = self.mark(), self.random.choice(CHILDREN)
        self.ledger.secret.add(mark)
        typed = self.world.say(made.teacher, made.group, f"／私聊{child}{mark}作业本没有带")
        self.ledger.removed.append((typed, "criticism typed in the group"))
        yield lambda: typed.deleted and self._offered(made.teacher, mark, "发送") is not None
        self._press(made.teacher, made.teacher, mark, "发送")
        yield self.expect(made.mothers[child], mark, "a concern typed in the group")

    def notice(self, made: SchoolClass) -> Deed:
        """A notice that families confirm."""
        mark = self.mark()
        self.world.dm(made.teacher, f"/notice {mark}明天请带室内鞋")
        yield lambda: self._offered(made.teacher, mark, "发送") is not None
        self._press(made.teacher, made.teacher, mark, "发送")
        self.expect(made.group, mark, "a notice")
        yield lambda: self._shown(made, mark, "收到")
        for child, mother in made.mothers.items():
            if self.random.random() < 0.8:
                self._soon(partial(self._confirm, made, mark, child, mother))
        yield self._pressed()

    def _confirm(self, made: SchoolClass, mark: str, child: str, mother: User) -> None:
        if self._press(mother, made.group, mark, "收到"):
            self.ledger.receipts[mark].add((made.id, child))

    def poll(self, made: SchoolClass) -> Deed:
        """A vote by name; families change their minds."""
        return self._poll(made, "")

    def secret_poll(self, made: SchoolClass) -> Deed:
        """A vote of which only numbers are known."""
        return self._poll(made, "[匿名] ")

    def _poll(self, made: SchoolClass, how: str) -> Deed:
        mark = self.mark()
        self.world.dm(made.teacher, f"/poll {how}{mark}春游去哪里？ | {' | '.join(OPTIONS)}")
        yield lambda: self._offered(made.teacher, mark, "发送") is not None
        self._press(made.teacher, made.teacher, mark, "发送")
        self.expect(made.group, mark, "a poll")
        yield lambda: self._shown(made, mark, OPTIONS[0])
        for child, mother in made.mothers.items():
            for choice in self.random.choices(range(len(OPTIONS)), k=self.random.choice((0, 1, 1, 2))):
                self._soon(partial(self._vote, made, mark, child, mother, choice))
        yield self._pressed()

    def _vote(self, made: SchoolClass, mark: str, child: str, mother: User, choice: int) -> None:
        if self._press(mother, made.group, mark, OPTIONS[choice]):
            self.ledger.votes[mark][made.id, child] = choice

    # --- hands ----------------------------------------------------------------------------------

    def _offered(self, where: Chat | User, mark: str, label: str) -> Message | None:
        """The message with this mark there, or one behind it, if it has such a button."""
        chat = self.world.chat(where)
        first = self.ears.said.get((chat.id, mark))
        if first is None:
            return None
        behind = (m for m in reversed(chat.messages.values()) if m.sender is self.world.bot)
        with self.world.lock:
            for message in takewhile(lambda m: m.id >= first.id, behind):
                if not message.deleted and any(label in key for row in message.buttons for key in row):
                    return message if isinstance(where, User) or message is first else None
        return None

    def _shown(self, made: SchoolClass, mark: str, label: str) -> bool:
        """Whether the group has it before it, or left it behind when it moved: nobody can press there."""
        left_behind = made.group.migrated_to is not None and (made.group.id, mark) in self.ears.said
        return left_behind or self._offered(made.group, mark, label) is not None

    def _press(self, person: User, where: Chat | User, mark: str, label: str) -> bool:
        message = self._offered(where, mark, label)
        if message is None:
            return False
        try:
            self.world.press(person, message, label)
        except NotThere:  # the keys have changed in this very moment
            return False
        return True

    def _soon(self, press: Callable[[], None]) -> None:
        self._presses.append((time.monotonic() + self.random.random(), press))

    def _pressed(self) -> Callable[[], bool]:
        return lambda: not self._presses
