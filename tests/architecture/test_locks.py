"""The three locks on criticism, tried."""

import ast
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.platforms.web import WebPlatform
from bot.ports import Failure, Refused
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Post
from classroom.errors import DatabaseError, LeakError
from classroom.text import PrivateStr, PrivateText, PublicText
from storage import queue
from storage.database import open_database
from storage.queue.effects import dump
from storage.tables import Chat
from templates.render import Say
from tests.architecture.source import product
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate

MAKERS = {"PublicText", "PrivateText", "Label"}
WORDS = "今天三次没有带作业本"


def test_only_the_templates_make_texts() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in product()
        if str(module.path) != "templates/render.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
        if not (node.func.id == "Label" and "wording" in str(module.path))
    ]
    assert found == []


def test_private_words_become_no_string_by_accident() -> None:
    words = PrivateStr(WORDS)
    slips: tuple[Callable[[], str], ...] = (lambda: str(words), lambda: f"{words}")
    for slip in slips:
        with pytest.raises(LeakError):
            slip()
    assert WORDS not in repr(words)
    assert WORDS not in repr({"words": words, "text": PrivateText(WORDS)})


@pytest.mark.parametrize("audience", ["group", "label"])
def test_a_template_for_a_group_refuses_private_words(audience: str) -> None:
    say = Say("zh_CN")
    speak = say.group if audience == "group" else say.label
    name = "help.commands" if audience == "group" else "common.classroom"
    values: dict[str, object] = {"lines": [(_Command(), PrivateStr(WORDS))], "name": PrivateStr(WORDS)}
    with pytest.raises(LeakError):
        speak(name, **values)
    values = {"lines": [(_Command(), PrivateText(WORDS))], "name": PrivateText(WORDS)}
    with pytest.raises(LeakError):
        speak(name, **values)


class _Command:
    name = "x"
    chinese = ()


def test_the_database_forbids_private_text_in_a_group(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    database = open_database(fresh_database(database_kind, migrate), KEY)
    now = int(datetime.now(UTC).timestamp() * 1e6)
    with database.transaction() as records:
        made = datetime.now(UTC)
        records.add(Chat(id=1, platform="web", native="-1", kind=ChatKind.GROUP, created_at=made))
    insert = (
        "INSERT INTO deliveries (chat_id, chat_kind, audience, kind, lane, lane_key, park, state, attempts, "
        "due_at, possible_duplicates, created_at) "
        "VALUES (1, '{kind}', 'private', 'post', 'talk', 'chat:1', :no, 'pending', 0, :now, 0, :now)"
    )
    for kind, why in (
        ("group", "no_private_text_in_a_group|CONSTRAINT_CHECK|23514"),
        ("private", "fk|FOREIGN|23503"),
    ):
        with pytest.raises(DatabaseError, match=f"(?i){why}"), database.transaction() as records:
            records.connection().execute(text(insert.format(kind=kind)), {"now": now, "no": False})
    with pytest.raises(DatabaseError, match=r"TRIGGER|P0001|Raise"), database.transaction() as records:
        records.connection().execute(text("UPDATE chats SET kind = 'private'"))
    database.close()


async def test_a_platform_refuses_private_text_for_what_is_a_group() -> None:
    platform = WebPlatform()
    group = platform.group("-1", "三年级2班")
    outcome = await platform.tell(PersonAddress(1, "web", "-1"), PrivateText(WORDS), (), (), False)
    assert outcome == Refused(Failure.LEAK)
    assert group.messages == []


def test_a_stored_post_with_private_text_does_not_load() -> None:
    good = dump(Post(GroupAddress(1, "web", "-1"), PublicText("x")), [])
    assert queue.load(good)
    with pytest.raises(ValueError, match="public"):
        queue.load(good.replace('"audience":"public"', '"audience":"private"'))
