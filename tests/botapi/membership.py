"""What people do with groups: make, join, leave, promote, upgrade; and block the bot."""

from __future__ import annotations

from tests.botapi.core import Core, NotAllowed, locked
from tests.botapi.jsons import Json
from tests.botapi.state import ADMIN_RIGHTS, Chat, User
from tests.botapi.talking import Talking

CLASS_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_restrict_members",
    "can_pin_messages",
    "can_invite_users",
    "can_manage_tags",
)


def _owner(core: Core, chat: Chat) -> User:
    """Who owns a chat."""
    return next(m.user for m in chat.members.values() if m.status == "creator")


class Membership(Talking):
    """Every change produces the service message and the member update that Telegram sends."""

    @locked
    def group(
        self,
        title: str,
        creator: User,
        supergroup: bool = True,
        *,
        forum: bool = False,
        username: str | None = None,
    ) -> Chat:
        """A group without the bot."""
        chat = self.new_chat("supergroup" if supergroup else "group", title, creator, username)
        self.post(
            chat,
            creator,
            {"supergroup_chat_created" if supergroup else "group_chat_created": True},
            service=True,
        )
        chat.forum = forum
        return chat

    @locked
    def add_bot(self, group: Chat, rights: tuple[str, ...] | list[str] = (), by: User | None = None) -> None:
        """Somebody adds the bot, as administrator if rights are given (CLASS_RIGHTS: what it needs)."""
        actor = by or _owner(self, group)
        if rights:
            self.change(
                group,
                self.bot,
                actor,
                status="administrator",
                rights={"can_manage_chat", *self._rights(rights)},
            )
        else:
            self.change(group, self.bot, actor, status="member")
        if group.kind != "channel":
            self.service(group, actor, new_chat_members=[self.bot.json()])

    def _rights(self, rights: tuple[str, ...] | list[str]) -> set[str]:
        unknown = set(rights) - set(ADMIN_RIGHTS)
        if unknown:
            raise NotAllowed(f"no such administrator rights: {sorted(unknown)}")
        return set(rights)

    @locked
    def remove_bot(self, group: Chat, by: User | None = None) -> None:
        """Somebody removes the bot, who is told."""
        actor = by or _owner(self, group)
        if group.crowd:
            self.service(group, actor, deliver=group.kind == "group", left_chat_member=self.bot.json())
        self.change(group, self.bot, actor, status="kicked", rights=set())

    @locked
    def promote_bot(
        self, group: Chat, rights: tuple[str, ...] | list[str] = CLASS_RIGHTS, by: User | None = None
    ) -> None:
        """Makes the bot an administrator with exactly these rights."""
        self.promote(group, self.bot, rights, by=by)

    @locked
    def demote_bot(self, group: Chat, by: User | None = None) -> None:
        """Makes the bot an ordinary member."""
        self.demote(group, self.bot, by=by)

    @locked
    def promote(
        self,
        group: Chat,
        user: User,
        rights: tuple[str, ...] | list[str] = CLASS_RIGHTS,
        *,
        anonymous: bool = False,
        title: str = "",
        by: User | None = None,
    ) -> None:
        """Makes somebody an administrator."""
        granted = {"can_manage_chat", *self._rights(rights)}
        actor = by or _owner(self, group)
        values = {"rights": granted, "anonymous": anonymous, "title": title, "by_bot": False, "until": 0}
        self.change(group, user, actor, status="administrator", **values)

    @locked
    def demote(self, group: Chat, user: User, by: User | None = None) -> None:
        """Makes an administrator an ordinary member."""
        self.change(
            group, user, by or _owner(self, group), status="member", rights=set(), title="", anonymous=False
        )

    @locked
    def join(self, group: Chat, user: User, by: User | None = None) -> None:
        """Somebody joins, or is added by a member."""
        if self.member(group, user).status == "kicked":
            raise NotAllowed(f"{user.first_name} is banned from {group.title}")
        self.change(group, user, by or user, status="member")
        if group.crowd:
            self.service(group, by or user, new_chat_members=[user.json()])

    @locked
    def populate(self, group: Chat, *users: User) -> None:
        """People who were in the group before the bot came: no updates."""
        for user in users:
            self.silently(group, user)

    def silently(self, group: Chat, user: User) -> None:
        """Makes somebody a member without a word."""
        member = self.member(group, user)
        member.status = "member"
        group.members[user.id] = member

    @locked
    def leave(self, group: Chat, user: User, removed_by: User | None = None) -> None:
        """Somebody leaves, or is removed by an administrator."""
        actor = removed_by or user
        if group.crowd:
            self.service(group, actor, left_chat_member=user.json())
        self.change(group, user, actor, status="kicked" if removed_by else "left", rights=set(), tag="")

    @locked
    def rename(self, user: User, name: str, username: str | None = None) -> None:
        """Somebody changes the account's name; Telegram does not tell the bot."""
        user.first_name, user.last_name, user.username = name, "", username or user.username

    @locked
    def own_tag(self, group: Chat, user: User, tag: str) -> None:
        """A member changes their own tag."""
        self.change(group, user, user, tag=tag)

    @locked
    def retitle(self, group: Chat, title: str, by: User | None = None) -> None:
        """Somebody renames the group."""
        group.title = title
        self.service(group, by or _owner(self, group), new_chat_title=title)

    @locked
    def block(self, user: User) -> None:
        """Somebody stops the bot."""
        self._stop(user, True)

    @locked
    def unblock(self, user: User) -> None:
        """Somebody lets the bot write again."""
        self._stop(user, False)

    def _stop(self, user: User, blocked: bool) -> None:
        chat = self.private(user)
        states: list[Json] = [
            {"status": "member", "user": self.bot.json()},
            {"status": "kicked", "user": self.bot.json(), "until_date": 0},
        ]
        user.blocked = blocked
        body: Json = {"chat": chat.json(), "from": user.json(), "date": int(self.now())}
        body |= {"old_chat_member": states[not blocked], "new_chat_member": states[blocked]}
        self.emit("my_chat_member", body, chat)

    @locked
    def migrate(self, group: Chat) -> Chat:
        """A basic group becomes a supergroup with another id; the old one answers no more."""
        owner = _owner(self, group)
        new = self.new_chat("supergroup", group.title, owner)
        new.members = dict(group.members)
        new.permissions = dict(group.permissions)
        new.known = group.known
        self.service(group, owner, migrate_to_chat_id=new.id)
        me = group.members.get(self.bot.id)
        if me is not None and me.inside:
            joined: Json = {"chat": new.json(), "from": owner.json(), "date": int(self.now())}
            joined |= {
                "old_chat_member": {"status": "left", "user": self.bot.json()},
                "new_chat_member": me.json(new),
            }
            self.emit("my_chat_member", joined, new)
        self.service(new, owner, migrate_from_chat_id=group.id)
        group.migrated_to = new
        return new
