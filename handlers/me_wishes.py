"""A person's own wishes: the language, and whether the children are praised in public."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.folding import fold
from handlers.aside import aside, own
from handlers.feature import Press
from handlers.me_card import button, buttons_of, links, text_of
from handlers.menus import menus_for
from handlers.room import Room
from storage import guardians, personal

LANGUAGES = {
    "zh": "zh_CN",
    "zh_cn": "zh_CN",
    "zh-cn": "zh_CN",
    "zh-hans": "zh_CN",
    "中文": "zh_CN",
    "简体": "zh_CN",
    "简体中文": "zh_CN",
    "chinese": "zh_CN",
    "simplified": "zh_CN",
    "zh_tw": "zh_TW",
    "zh-tw": "zh_TW",
    "zh-hant": "zh_TW",
    "繁体": "zh_TW",
    "繁体中文": "zh_TW",
    "traditional": "zh_TW",
    "en": "en",
    "英文": "en",
    "英语": "en",
    "english": "en",
}
"""As people write them, folded."""
BUTTONS = (("me.chinese", "zh_CN"), ("me.traditional", "zh_TW"), ("me.english", "en"))
SWITCH = {"on": True, "开": True, "打开": True, "off": False, "关": False, "关闭": False}


def language_typed(words: str, room: Room) -> Iterable[Effect]:
    """`/me language zh|zh_TW|en`; without a language, buttons."""
    chosen = LANGUAGES.get(fold(words).text.strip())
    return _speak(chosen, room) if chosen else _ask_language(room)


def language_pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button 语言, and those of the languages."""
    chosen = LANGUAGES.get(str(press.args.get("language", "")).casefold())
    return _speak(chosen, room) if chosen else _ask_language(room)


def _ask_language(room: Room) -> list[Effect]:
    say = own(room)
    keys = [
        button(room, say.label(name), "me.language", {"language": language}, row=0)
        for name, language in BUTTONS
    ]
    return aside(room, say.private("me.which_language"), *keys)


def _speak(language: str, room: Room) -> list[Effect]:
    personal.wishes(room.db, room.who.person).language = language
    return [*aside(room, own(room).private("me.language_set")), *menus_for(room, room.who.person)]


def public_typed(words: str, room: Room) -> Iterable[Effect]:
    """`/me public on|off`; without a word it says how things are."""
    wish = SWITCH.get(words.casefold())
    if wish is None:
        label = room.say.label("me.public_off")
        on = button(room, room.say.label("me.public_on"), "me.public", {"on": True}, row=0)
        return [room.tell(room.say.private("me.which_public"), on, button(room, label, "me.public", row=0))]
    return [_set_public(room, wish)]


def public_pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button of the card, which then shows the new state."""
    told = _set_public(room, press.args.get("on") is True)
    return [room.edit(press.handle, text_of(room), *buttons_of(room)), told]


def _set_public(room: Room, wish: bool) -> Effect:
    mine = links(room)
    for link in mine:
        link.public_mention = wish
    names = list(dict.fromkeys(guardians.student_name(room.db, link.student_id) for link in mine))
    if not names:
        return room.tell(room.say.private("me.no_child"))
    return room.tell(room.say.private("me.public_is_on" if wish else "me.public_is_off", names=names))
