"""bot, scheduler, storage and templates exist on PyPI too: make sure that those in use are ours."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from classroom.errors import ConfigError

ROOMS = ("bot", "classroom", "handlers", "scheduler", "storage", "templates")


def foreign() -> dict[str, Path]:
    """The packages of our names that come from somewhere else, with where that is."""
    home = Path(__file__).resolve().parent.parent
    places = {room: _place(room) for room in ROOMS}
    return {room: place for room, place in places.items() if place.parent != home}


def own_packages() -> None:
    """Refuse to work with somebody else's package of one of our names."""
    for room, place in foreign().items():
        raise ConfigError(
            f"the Python package {room} at {place} is not Homeroom's: "
            "install Homeroom into a virtual environment of its own"
        )


def _place(room: str) -> Path:
    spec = find_spec(room)
    return Path(spec.origin).resolve().parent if spec and spec.origin else Path(room)


def version_of_homeroom() -> str:
    """The version that was installed."""
    try:
        return version("homeroom-bot")
    except PackageNotFoundError:
        return "(not installed)"
