"""What the bot keeps about a person: shown, exported, erased, and the person's own wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from classroom.effects import Effect
from handlers import me_account, me_channel, me_erase, me_export, me_hours, me_stop, me_wishes
from handlers.feature import Command, Feature, Where, Who
from handlers.me_card import show
from handlers.room import Room

feature = Feature("me")
feature.button("me.export")(me_export.pressed)
feature.button("me.erase")(me_erase.pressed)
feature.button("me.erase_now")(me_erase.confirmed)
feature.delivered("me.forgotten")(me_erase.forgotten)
feature.undelivered("me.forgotten")(me_erase.never_told)
feature.button("me.account")(me_account.pressed)
feature.button("me.channel")(me_channel.pressed)
feature.button("me.language")(me_wishes.language_pressed)
feature.button("me.public")(me_wishes.public_pressed)
feature.button("me.hours")(me_hours.pressed)
feature.dialogue("me.hours")(me_hours.said)
feature.button("me.stop")(me_stop.pressed)
feature.button("me.stop_now")(me_stop.confirmed)
feature.button("me.keep")(me_stop.kept)

WORDS: dict[str, Callable[[str, Room], Iterable[Effect]]] = {
    "export": me_export.typed,
    "导出": me_export.typed,
    "erase": me_erase.typed,
    "delete": me_erase.typed,
    "删除": me_erase.typed,
    "language": me_wishes.language_typed,
    "语言": me_wishes.language_typed,
    "hours": me_hours.typed,
    "安静时间": me_hours.typed,
    "可联系时间": me_hours.typed,
    "时间": me_hours.typed,
    "channel": me_channel.typed,
    "通道": me_channel.typed,
    "渠道": me_channel.typed,
    "account": me_account.typed,
    "账号": me_account.typed,
    "另一个账号": me_account.typed,
    "public": me_wishes.public_typed,
    "公开表扬": me_wishes.public_typed,
    "公开": me_wishes.public_typed,
}
"""What may stand behind /me; a longer word before one that it begins with."""


@feature.command("lang", "语言", who=Who.ANYONE, classroom=False)
def lang(command: Command, room: Room) -> Iterable[Effect]:
    """Choose the language in which the bot speaks to this person; teachers' own words stay as they are."""
    return me_wishes.language_typed(command.text, room)


@feature.command("me", "我的", who=Who.ANYONE, where=Where.PRIVATE, classroom=False)
def me(command: Command, room: Room) -> Iterable[Effect]:
    """Show what is kept, or do at once what stands behind the command."""
    typed = command.text.strip()
    if not typed:
        return show(room)
    word = next((w for w in WORDS if typed.casefold().startswith(w)), None)
    if word is None:
        return [room.tell(room.say.private("me.unknown", typed=typed[:40])), *show(room)]
    return WORDS[word](typed[len(word) :].strip(" \t:：,，"), room)
