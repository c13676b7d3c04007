"""People who press and type what is not theirs (any more), and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlmodel import col, select

from bot.platforms.web import WebChat
from classroom.addresses import ChatKind
from classroom.effects import Toast
from classroom.events import Origin, Sender
from classroom.people import Role
from storage import classrooms, identity, queue
from storage.database import Records
from storage.tables import Account, ButtonRow, Chat, Code, Guardian, RoleGrant, StudentRow
from tests.security.day import rows
from tests.world import World

THE_ROAD = (
    "events", "deliveries", "posted", "accounts", "people", "chats", "members", "heard", "name_states",
    "guesses", "instance", "buttons", "dialogues", "turns",
)  # fmt: skip
"""Tables that say only that somebody was there and was answered."""

EXAMPLES = re.compile("<code>/.*?</code>|<blockquote>.*?</blockquote>|例如：张小明 妈妈")
"""How a command is written, for which the templates have a name of their own, and what the reader wrote."""


@dataclass
class Traces:
    """What a class's records were before, and how far the deliveries had come."""

    records: list[str]
    delivery: int
    toast: int


@dataclass(frozen=True)
class Shown:
    """A button as it stands somewhere; `owner` None: it is for everybody there, or for a role."""

    token: str
    purpose: str
    place: WebChat
    owner: Sender | None


@dataclass
class Intruders:
    """A world with people in it whom nothing here concerns."""

    world: World
    outsiders: dict[str, Sender] = field(default_factory=dict)

    def arrive(self) -> None:
        """A stranger, and a teacher and a mother of another class."""
        person = self.world.platform.person
        self.outsiders = {
            "a stranger": person("9001", "陌生人"),
            "a teacher of another class": person("9002", "别班的老师"),
            "a mother of another class": person("9003", "别班的妈妈"),
        }
        with self.world.database.transaction() as records:
            self._other_class(records)
        for sender in self.outsiders.values():
            self.world.platform.private(sender).opened = True

    def _other_class(self, records: Records) -> None:
        now = self.world.now()
        made = classrooms.create(
            records, "五年级9班", now, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        origin = Origin("web", "-9009", ChatKind.GROUP, "五年级9班")
        identity.meet_chat(records, origin, now).classroom_id = made.id
        people = {
            who: identity.meet_account(records, "web", sender, now) for who, sender in self.outsiders.items()
        }
        for account in people.values():
            chat = records.get(Chat, account.chat_id)
            assert chat is not None
            chat.door = "open"
        teacher = people["a teacher of another class"].person_id
        classrooms.grant(records, made.id, teacher, Role.TEACHER, now, by=None, head=True)
        child = StudentRow(classroom_id=made.id, name="别班的孩子", added_at=now)
        records.add(child)
        records.flush()
        mother = people["a mother of another class"].person_id
        records.add(
            Guardian(
                classroom_id=made.id, student_id=child.id, person_id=mother, relation="mother",
                state="active", how="test", consented_at=now, asked_at=now,
            )
        )  # fmt: skip

    # --- what can be pressed and opened -----------------------------------------------------------

    def buttons(self) -> list[Shown]:
        """Every button that still works."""
        with self.world.database.transaction() as records:
            found = records.exec(
                select(ButtonRow)
                .where(ButtonRow.expires_at > self.world.now())
                .order_by(col(ButtonRow.token))
            ).all()
            return [
                Shown(b.token, b.purpose, self._place(records, b), self._owner(records, b)) for b in found
            ]

    def _place(self, records: Records, button: ButtonRow) -> WebChat:
        chat = records.get(Chat, button.chat_id) if button.chat_id else None
        return self.world.platform.chats[chat.native] if chat else self.world.group

    def _owner(self, records: Records, button: ButtonRow) -> Sender | None:
        chat = records.get(Chat, button.chat_id) if button.chat_id else None
        if chat is not None and chat.kind == ChatKind.PRIVATE:
            return self.world.platform.people.get(chat.native)
        owners = records.exec(select(Account).where(Account.person_id == button.person_id)).all()
        return next((self.world.platform.people.get(a.native) for a in owners), None)

    def links(self) -> list[str]:
        """Every link that was ever made."""
        with self.world.database.transaction() as records:
            return [code.token for code in records.exec(select(Code).order_by(col(Code.id)))]

    # --- the end of everybody's authority ---------------------------------------------------------

    def end_everything(self) -> list[Sender]:
        """All roles and links end this very moment, somebody new leads; gives whom that concerns."""
        now = self.world.now()
        with self.world.database.transaction() as records:
            roles = records.exec(select(RoleGrant).where(col(RoleGrant.ended_at).is_(None))).all()
            links = records.exec(select(Guardian).where(Guardian.state != "ended")).all()
            people = {*(role.person_id for role in roles), *(link.person_id for link in links)}
            for role in roles:
                role.ended_at = now
            for link in links:
                link.state, link.ended_at = "ended", now
            records.add_all([*roles, *links])
            new = identity.meet_account(records, "web", self.world.platform.person("9100", "新来的老师"), now)
            for classroom in classrooms.everyone(records):
                if classroom.state == "active":
                    classrooms.grant(
                        records, classroom.id, new.person_id, Role.TEACHER, now, by=None, head=True
                    )
            accounts = records.exec(select(Account).where(col(Account.person_id).in_(people))).all()
            known = self.world.platform.people
            return [known[a.native] for a in accounts if a.native in known]

    def revoke_links(self) -> None:
        """No link opens anything any more."""
        with self.world.database.transaction() as records:
            for code in records.exec(select(Code)):
                code.revoked_at = self.world.now()

    async def try_buttons(self, what: str, sender: Sender, buttons: list[Shown]) -> list[str]:
        """Press each where it was shown, or as a forged token; gives what came of it that should not."""
        found: list[str] = []
        for purposes in _in_groups(buttons):
            before = self.look()
            for button in purposes:
                here = button.place.kind is ChatKind.GROUP
                place = button.place if here else self.world.platform.private(sender)
                self.world.platform.press_token(sender, place, button.token)
            await self.world.settle()
            named = sorted({button.purpose for button in purposes})
            found += [f"{what} {named}: {one}" for one in (*self.changed(before), *self.named(before))]
        return found

    async def try_links(self, what: str, sender: Sender) -> list[str]:
        """Come in by every link; gives what came of it that should not."""
        before = self.look()
        for link in self.links():
            self.world.platform.say(sender, self.world.platform.private(sender), f"/start {link}")
        await self.world.settle()
        return [f"{what}: {one}" for one in (*self.changed(before), *self.named(before))]

    # --- what came of it --------------------------------------------------------------------------

    def look(self) -> Traces:
        """Remember how things are."""
        with self.world.database.transaction() as records:
            last = records.connection().execute(select(queue.DELIVERIES.c.id)).scalars().all()
        kept = [row for row in rows(self.world.database) if row.partition(".")[0] not in THE_ROAD]
        return Traces(kept, max(last, default=0), len(self.world.platform.toasts))

    def changed(self, before: Traces) -> list[str]:
        """What is different in the class's records."""
        now = self.look().records
        return sorted(set(now) ^ set(before.records)) or (
            ["more rows"] if len(now) != len(before.records) else []
        )

    def told(self, before: Traces) -> list[str]:
        """All that was said since, anywhere."""
        with self.world.database.transaction() as records:
            table = queue.DELIVERIES
            payloads = records.connection().execute(
                select(table.c.payload).where(table.c.id > before.delivery, table.c.payload.is_not(None))
            )
            effects = [queue.load(payload)[0] for payload in payloads.scalars()]
        said = [
            repr(e) + getattr(getattr(e, "text", None), "body", "")
            for e in effects
            if not isinstance(e, Toast)
        ]
        return [*said, *(text for _, text in self.world.platform.toasts[before.toast :])]

    def names(self) -> list[str]:
        """The children of all classes but the intruders' own."""
        with self.world.database.transaction() as records:
            found = [row.name for row in records.exec(select(StudentRow))]
        return [name for name in found if name != "别班的孩子"]

    def named(self, before: Traces) -> list[str]:
        """What was said since and names a child, examples and the reader's own quoted words left out."""
        said = [EXAMPLES.sub("", t) for t in self.told(before)]
        return [text for text in said if any(name in text for name in self.names())]


def _in_groups(buttons: list[Shown], size: int = 60) -> list[list[Shown]]:
    return [buttons[at : at + size] for at in range(0, len(buttons), size)]
