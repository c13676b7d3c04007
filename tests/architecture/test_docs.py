"""What can be typed and set is in the docs, and what the docs name exists."""

import re
import tomllib

import pytest
from pydantic import BaseModel

from bot.config import Settings, load
from bot.registry import Registry
from handlers.features import FEATURES
from handlers.room import CommandLike
from tests.architecture.source import ROOT

EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")
RUNNING = (ROOT / "docs/running.md").read_text(encoding="utf-8")
TEACHERS = (ROOT / "docs/teachers.md").read_text(encoding="utf-8")


def settings(model: type[BaseModel] = Settings, path: str = "") -> dict[str, object]:
    """Every setting as section.key with its default."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= settings(inner, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = field.default
    return found


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_in_the_example_and_in_the_guide(name: str) -> None:
    section, _, key = name.rpartition(".")
    part = re.search(rf"^\[{re.escape(section)}\]\n(.*?)(?=^\[|\Z)", EXAMPLE, re.M | re.S)
    assert part and re.search(rf"^(# )?{key} = ", part[1], re.M)
    assert re.search(rf"`\[{re.escape(section)}\]` \|.*`{key}`", RUNNING)


def test_the_example_is_what_holds_without_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("config") / "empty.toml"
    empty.write_text("")
    assert load(ROOT / "config.example.toml") == load(empty)


def test_the_example_with_every_line_switched_on_can_be_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    everything = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE, flags=re.M).replace('"…"', '"0123456789abcdef"')
    path = tmp_path_factory.mktemp("config") / "all.toml"
    path.write_text(everything, encoding="utf-8")
    assert load(path).telegram.webhook_secret is not None
    assert tomllib.loads(everything).keys() <= Settings.model_fields.keys()


@pytest.mark.parametrize("command", Registry(FEATURES).listed(), ids=lambda c: c.name)
def test_every_command_is_in_the_teachers_guide(command: CommandLike) -> None:
    name, chinese = command.name, command.chinese
    if not command.hidden:
        assert f"/{name}" in TEACHERS
        assert all(f"/{word}" in TEACHERS for word in chinese[:1])


def test_what_the_guide_names_exists() -> None:
    known = set(Registry(FEATURES).spellings)
    named = set(re.findall(r"`/([a-z]+|[一-鿿]+)(?=[` ])", TEACHERS))
    assert named - known == set()
