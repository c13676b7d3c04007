"""What import-linter cannot say: of `bot/`, a platform knows `ports.py` only, whatever else comes."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOMS, Module, parse, product

WECHAT = ("bot.platforms.tencent",)
SHARED = {
    "bot.platforms.wecom": WECHAT,
    "bot.platforms.wecom_group": WECHAT,
    "bot.platforms.wecom_bot": WECHAT,
    "bot.platforms.wecom_school": WECHAT,
    "bot.platforms.wecom_webhook": WECHAT,
    "bot.platforms.official_account": WECHAT,
}
"""What some platforms stand on beside the ports."""


def imported(module: Module) -> Iterator[str]:
    """Name every module of ours that this one imports; `from a import b` counts as `a.b`."""
    package = module.path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = [*above, *(node.module.split(".") if node.module else [])]
            yield from (".".join([*source, alias.name]) for alias in node.names)


def forbidden_to_a_platform(module: Module) -> list[str]:
    """List what a platform's file imports besides itself, `bot.ports` and `classroom`."""
    own = ".".join(module.path.removesuffix(".py").split("/")[:3])
    allowed = ("bot.ports", "classroom", own, *SHARED.get(own, ()))
    ours = [name for name in imported(module) if name.partition(".")[0] in ROOMS]
    return [name for name in ours if not any(f"{name}.".startswith(f"{known}.") for known in allowed)]


def test_a_platform_knows_the_ports_and_the_ground_only() -> None:
    platforms = [module for module in product() if module.path.startswith("bot/platforms/")]
    assert {module.path: found for module in platforms if (found := forbidden_to_a_platform(module))} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import telegram", []),
        ("from bot.ports import Platform", []),
        ("from bot import ports", []),
        ("from . import limits", []),
        ("from ...ports import Platform", []),
        ("from classroom.text import PublicText", []),
        ("from bot import app", ["bot.app"]),
        ("from ... import delivery", ["bot.delivery"]),
        ("from ..wecom import client", ["bot.platforms.wecom.client"]),
        ("from ..tencent import line", ["bot.platforms.tencent.line"]),
        ("import storage.queue", ["storage.queue"]),
    ],
)
def test_the_check_sees_every_form_of_import(line: str, found: list[str]) -> None:
    assert forbidden_to_a_platform(parse("bot/platforms/telegram/adapter.py", line)) == found
