"""Every feature's commands, buttons and events in one place; a name used twice is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from handlers.feature import (
    CommandSpec,
    Feature,
    Happening,
    OnAnswered,
    OnDelivered,
    OnDue,
    OnHappening,
    OnMessage,
    OnOpened,
    OnPage,
    OnPagePress,
    OnPress,
    OnSaid,
    OnUndelivered,
)
from handlers.room import CommandLike

T = TypeVar("T")


class Registry:
    """What the features declared, joined; `spellings` maps every name of a command to its English one."""

    def __init__(self, features: Sequence[Feature]) -> None:
        """Join features; ValueError where two of them use one name."""
        self.commands: dict[str, CommandSpec] = {}
        self.spellings: dict[str, str] = {}
        self.buttons: dict[str, OnPress] = _joined(features, [f.buttons for f in features])
        self.dialogues: dict[str, OnSaid] = _joined(features, [f.dialogues for f in features])
        self.outliving = frozenset(purpose for f in features for purpose in f.outliving)
        self.codes: dict[str, OnOpened] = _joined(features, [f.codes for f in features])
        self.pages: dict[str, OnPage] = _joined(features, [f.pages for f in features])
        self.page_presses: dict[str, OnPagePress] = _joined(features, [f.page_presses for f in features])
        self.answers: dict[str, OnAnswered] = _joined(features, [f.answers for f in features])
        self.dues: dict[str, OnDue] = _joined(features, [f.dues for f in features])
        self.failures: dict[str, OnUndelivered] = _joined(features, [f.failures for f in features])
        self.arrivals: dict[str, OnDelivered] = _joined(features, [f.arrivals for f in features])
        self.first: list[OnMessage] = [run for f in features for run in f.first]
        self.watchers: list[OnMessage] = [run for f in features for run in f.watchers]
        self.besides: list[OnMessage] = [run for f in features for run in f.besides]
        self.happenings: list[tuple[type[Happening], OnHappening]] = [
            pair for f in features for pair in f.happenings
        ]
        self._owners: dict[str, str] = {}
        for feature in features:
            for spec in feature.commands:
                self._add(feature, spec)

    def _add(self, feature: Feature, spec: CommandSpec) -> None:
        self.commands[spec.name] = spec
        self._owners[spec.name] = feature.name
        for spelling in (spec.name, *spec.chinese):
            if spelling in self.spellings:
                raise ValueError(f"the command {spelling} is declared twice")
            self.spellings[spelling] = spec.name

    def listed(self) -> tuple[CommandLike, ...]:
        """What /help and the menus show, in the order of the features."""
        return tuple(
            CommandLike(
                feature=self._owners[s.name],
                name=s.name,
                chinese=s.chinese,
                where=s.where.value,
                admits=(s.listed or s.who).admits,
                classroom=s.classroom,
                hidden=s.hidden,
            )
            for s in self.commands.values()
        )


def _joined(features: Sequence[Feature], parts: Sequence[Mapping[str, T]]) -> dict[str, T]:
    joined: dict[str, T] = {}
    for feature, part in zip(features, parts, strict=True):
        for name, run in part.items():
            if name in joined:
                raise ValueError(f"{name} of {feature.name} is declared twice")
            joined[name] = run
    return joined
