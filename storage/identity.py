"""Who and where: accounts, persons and chats as they are met, and what a person is in a classroom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import col, select

from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.events import Origin, Sender, SenderKind
from classroom.people import Actor, Role
from storage.database import Records
from storage.memory import Reach
from storage.tables import Account, Chat, Classroom, Guardian, Member, Person, RoleGrant, StudentRow, Webhook

SEEN_EVERY = timedelta(hours=1)
"""How exact it is known when somebody was last seen: every message would else be a write."""

WEBHOOK, CALLED = "wecom.webhook", "wecom.bot"
"""The platform of webhooks, and that of the bot which can be in the same group."""

ONE_DIRECTORY = ("wecom", CALLED)
"""Platforms on which one id is one member of the same corp."""

NOT_SHUT = ("open", "unknown")
"""Doors at which it is worth while to knock."""
DOORS = (*NOT_SHUT, "window_closed", "not_subscribed", "never_started", "blocked", "gone")
"""All that is known of private doors, the most promising first."""

CHATS = Chat.metadata.tables["chats"]
_REACHED = sqlalchemy.select(
    *(CHATS.c[name] for name in ("id", "platform", "native", "kind", "present", "thread", "door"))
).where(CHATS.c.id.in_(bindparam("wanted", expanding=True)))


def meet_chat(records: Records, origin: Origin, now: datetime) -> Chat:
    """The chat's row, made when it is first seen; its title is kept current."""
    chat = find_chat(records, origin.platform, origin.native)
    if chat is None:
        chat = Chat(
            platform=origin.platform,
            native=origin.native,
            kind=origin.kind,
            title=origin.title,
            created_at=now,
        )
        records.add(chat)
        records.flush()
    elif origin.kind is ChatKind.GROUP and origin.title and chat.title != origin.title:
        chat.title = origin.title
    return chat


def move_chat(records: Records, chat: Chat, new_native: str) -> None:
    """A group has a new native id; a row that was made for it meanwhile gives way."""
    taken = find_chat(records, chat.platform, new_native)
    if taken is not None and taken.id == chat.id:
        return
    if taken is not None:
        chat.admin, chat.rights = taken.admin or chat.admin, taken.rights or chat.rights
        taken.native = f"{new_native}#merged-into-{chat.id}"
        taken.present = False
        records.flush()
    chat.native = new_native
    records.flush()


def find_chat(records: Records, platform: str, native: str) -> Chat | None:
    """The chat with this native id, if it was ever seen."""
    return records.exec(select(Chat).where(Chat.platform == platform, Chat.native == native)).one_or_none()


def foresee_chats(records: Records, ids: Iterable[int | None]) -> None:
    """Read at once where these chats are, and whether their doors are open."""
    memory = records.recall()
    wanted = [one for one in set(ids) if one is not None and memory.reached.get(one) is None]
    if not wanted:
        return
    for *place, door in records.connection().execute(_REACHED, {"wanted": wanted}):
        memory.reached.put(place[0], Reach(*place))
        memory.doors.put(place[0], door)


def reach(records: Records, chat: int | None) -> Reach | None:
    """Where a chat is today; None if there is no such chat."""
    if chat is None:
        return None
    foresee_chats(records, (chat,))
    return records.memory.reached.get(chat)


def meet_account(records: Records, platform: str, sender: Sender, now: datetime) -> Account:
    """The sender's account, made with person and private chat when first seen; the name is kept current."""
    account = find_account(records, platform, sender.native)
    if account is None:
        return _new_account(records, platform, sender, now)
    if sender.name and account.name != sender.name:
        account.name = sender.name
    if account.username != sender.username:
        account.username = sender.username
    if sender.language and account.language != sender.language:
        account.language = sender.language
    return account


def find_account(records: Records, platform: str, native: str) -> Account | None:
    """The account with this native id, if it was ever seen."""
    return records.exec(
        select(Account).where(Account.platform == platform, Account.native == native)
    ).one_or_none()


def _new_account(records: Records, platform: str, sender: Sender, now: datetime) -> Account:
    person = _known_elsewhere(records, platform, sender) or Person(created_at=now)
    records.add(person)
    native = sender.native if sender.kind is SenderKind.PERSON else f"{sender.kind.value}:{sender.native}"
    chat = meet_chat(records, Origin(platform, native, ChatKind.PRIVATE), now)
    records.flush()
    account = Account(
        person_id=person.id,
        chat_id=chat.id,
        platform=platform,
        native=sender.native,
        name=sender.name,
        username=sender.username,
        language=sender.language,
        kind=sender.kind,
        created_at=now,
    )
    records.add(account)
    records.flush()
    return account


def _known_elsewhere(records: Records, platform: str, sender: Sender) -> Person | None:
    """The person behind the same id of the same directory, met through another of its channels."""
    if platform not in ONE_DIRECTORY or sender.kind is not SenderKind.PERSON:
        return None
    return records.exec(
        select(Person)
        .join(Account, col(Account.person_id) == col(Person.id))
        .where(
            col(Account.platform).in_(ONE_DIRECTORY),
            Account.native == sender.native,
            Account.kind == SenderKind.PERSON,
        )
        .order_by(col(Account.id))
    ).first()


def actor(records: Records, account: Account, classroom: int | None, today: date | None = None) -> Actor:
    """What the account's person is in a classroom; `today` (there) ends roles given until a date."""
    roles = roles_of(records, account.person_id, classroom, today)
    return Actor(
        person=account.person_id,
        account=account.id,
        chat=account.chat_id,
        name=account.name,
        platform=account.platform,
        native=account.native,
        language=language_wish(records, account) or "",
        roles=frozenset(Role(r.role) for r in roles),
        guardian_of=guardian_of(records, account.person_id, classroom),
        head=any(r.head for r in roles),
        known=account.kind == SenderKind.PERSON,
    )


def language_wish(records: Records, account: Account) -> str | None:
    """The language a person has chosen, else what the platform says of the account; None if neither."""
    person = records.get(Person, account.person_id)
    return (person.language if person else None) or account.language


def roles_of(
    records: Records, person: int, classroom: int | None, today: date | None = None
) -> list[RoleGrant]:
    """A person's roles that are in force."""
    if classroom is None:
        return []
    found = records.exec(
        select(RoleGrant).where(
            RoleGrant.person_id == person,
            RoleGrant.classroom_id == classroom,
            col(RoleGrant.ended_at).is_(None),
        )
    ).all()
    return [r for r in found if r.until is None or today is None or r.until >= today]


def guardian_of(records: Records, person: int, classroom: int | None) -> tuple[int, ...]:
    """The students of a classroom for whom a person answers."""
    if classroom is None:
        return ()
    return tuple(
        records.exec(
            select(Guardian.student_id)
            .join(StudentRow, col(StudentRow.id) == col(Guardian.student_id))
            .where(
                Guardian.person_id == person,
                Guardian.classroom_id == classroom,
                Guardian.state == "active",
                col(StudentRow.removed_at).is_(None),
            )
            .order_by(col(Guardian.id))
        ).all()
    )


def classrooms_of(records: Records, person: int) -> list[Classroom]:
    """The classrooms in which a person has a role, a child, or was seen in a group, in that order."""
    by_role = select(RoleGrant.classroom_id).where(
        RoleGrant.person_id == person, col(RoleGrant.ended_at).is_(None)
    )
    by_child = select(Guardian.classroom_id).where(
        Guardian.person_id == person, col(Guardian.state).in_(("active", "pending"))
    )
    by_group = (
        select(Chat.classroom_id)
        .join(Member, col(Member.chat_id) == col(Chat.id))
        .join(Account, col(Account.id) == col(Member.account_id))
        .where(Account.person_id == person, col(Member.present).is_(True))
    )
    for ids in (by_role.union(by_child), by_group):
        found = records.exec(
            select(Classroom)
            .where(col(Classroom.id).in_(ids), Classroom.state != "ended")
            .order_by(col(Classroom.id))
        ).all()
        if found:
            return list(found)
    return []


def group_address(chat: Chat | Reach, thread: str | None = None) -> GroupAddress:
    """The address of a group's row."""
    if chat.kind != ChatKind.GROUP:
        raise ValueError("not a group")
    return GroupAddress(_number(chat), chat.platform, chat.native, thread or chat.thread)


def person_address(chat: Chat | Reach) -> PersonAddress:
    """The address of a private chat's row."""
    if chat.kind != ChatKind.PRIVATE:
        raise ValueError("not a private chat")
    return PersonAddress(_number(chat), chat.platform, chat.native)


def _number(chat: Chat | Reach) -> int:
    return chat.chat if isinstance(chat, Reach) else chat.id


def groups_of(records: Records, classroom: int) -> list[Chat]:
    """The groups of a classroom in which the bot is, the first one first.

    A webhook is silent while the bot that is called by @ is in the same group: nothing stands there twice.
    """
    found = list(
        records.exec(
            select(Chat)
            .where(
                Chat.classroom_id == classroom,
                Chat.kind == ChatKind.GROUP,
                col(Chat.present).is_(True),
            )
            .order_by(col(Chat.id))
        ).all()
    )
    if not {WEBHOOK, CALLED} <= {chat.platform for chat in found}:
        return found
    apart = set(records.exec(select(Webhook.chat_id).where(col(Webhook.apart).is_(True))).all())
    return [chat for chat in found if chat.platform != WEBHOOK or chat.id in apart]


def accounts_of(records: Records, person: int) -> list[tuple[Account, Chat]]:
    """A person's own accounts with their private chats, in the order in which they are to be told.

    Reachable ones first: the one they prefer, the one where they last did something, the open ones.
    """
    found = records.exec(
        select(Account, Chat)
        .join(Chat, col(Chat.id) == col(Account.chat_id))
        .where(Account.person_id == person, Account.kind == SenderKind.PERSON)
        .order_by(col(Account.id))
    ).all()
    if len(found) < 2:
        return list(found)
    owner = records.get(Person, person)
    wish, last = (owner.channel, owner.last_channel) if owner is not None else (None, None)

    def order(pair: tuple[Account, Chat]) -> tuple[bool, bool, bool, int]:
        chat = pair[1]
        rank = DOORS.index(chat.door) if chat.door in DOORS else len(DOORS)
        return chat.door not in NOT_SHUT, chat.id != wish, chat.id != last, rank

    return sorted(found, key=order)


def doors_of(records: Records, people: Collection[int]) -> dict[int, set[str]]:
    """What is known of the private doors of these persons; without those who have none."""
    found = records.exec(
        select(Account.person_id, Chat.door)
        .join(Chat, col(Chat.id) == col(Account.chat_id))
        .where(col(Account.person_id).in_(people), Account.kind == SenderKind.PERSON)
    ).all()
    doors: dict[int, set[str]] = {}
    for person, door in found:
        doors.setdefault(person, set()).add(door)
    return doors


def acted(records: Records, account: Account) -> None:
    """Note where a person last did something in private."""
    owner = records.get(Person, account.person_id)
    if owner is not None and owner.last_channel != account.chat_id:
        owner.last_channel = account.chat_id


def private_address(records: Records, person: int, tried: Collection[int] = ()) -> PersonAddress | None:
    """Where to write to a person: by the channel they prefer, else where they are most likely to read.

    None if there is none, or none that is not in `tried`.
    """
    first = next((chat for _, chat in accounts_of(records, person) if chat.id not in tried), None)
    return person_address(first) if first is not None else None


def next_door(records: Records, chat: int, tried: Collection[int] = ()) -> Chat | None:
    """Another private conversation of the person whose door this was, not tried yet nor known to be shut."""
    person = records.exec(select(Account.person_id).where(Account.chat_id == chat)).first()
    own = accounts_of(records, person) if person is not None else []
    others = (c for _, c in own if c.id != chat and c.id not in tried and c.kind == ChatKind.PRIVATE)
    return next((c for c in others if c.door in NOT_SHUT), None)


def saw_member(records: Records, chat: int, account: int, now: datetime, *, present: bool = True) -> Member:
    """Note that an account is (or no longer is) in a group."""
    member = records.exec(
        select(Member).where(Member.chat_id == chat, Member.account_id == account)
    ).one_or_none()
    if member is None:
        member = Member(chat_id=chat, account_id=account, present=present, seen_at=now)
        records.add(member)
        records.flush()
    elif member.present != present or now - member.seen_at > SEEN_EVERY:
        member.present = present
        member.seen_at = now
    return member


def member(records: Records, chat: int, account: int) -> Member | None:
    """What is known of an account in a group."""
    return records.exec(
        select(Member).where(Member.chat_id == chat, Member.account_id == account)
    ).one_or_none()


def names_of(records: Records, person: int) -> tuple[str, str | None]:
    """A person's name and username as their platform shows them, of the account most likely in use."""
    accounts = [account for account, _ in accounts_of(records, person)]
    name = next((a.name for a in accounts if a.name), "")
    return name, next((a.username for a in accounts if a.username), None)


def by_username(records: Records, classroom: int, username: str) -> list[Account]:
    """Whoever of a class goes by this username; they are sealed, so that they are opened one by one."""
    seen = (
        select(Member.account_id)
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .where(Chat.classroom_id == classroom)
    )
    bound = select(Guardian.person_id).where(Guardian.classroom_id == classroom)
    given = select(RoleGrant.person_id).where(RoleGrant.classroom_id == classroom)
    found = records.exec(
        select(Account)
        .where(
            col(Account.id).in_(seen) | col(Account.person_id).in_(bound.union(given)),
            Account.kind == SenderKind.PERSON,
        )
        .order_by(col(Account.id))
    ).all()
    wanted = username.casefold().lstrip("@")
    return [a for a in found if a.username and a.username.casefold() == wanted]
