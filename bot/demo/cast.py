"""Who is who in the sample class, in one of its languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import templates
from bot.platforms.web import NAME

PAGE = Path(str(templates.__file__)).parent
LANGUAGES = ("zh_CN", "en")
"""The languages that the playground itself speaks; its people may choose any of the bot's."""


class Part(BaseModel):
    """A person: `about` says in a line who, `listed` whether the page offers to be them.

    `channel` is where their private conversation is: the messenger itself, or one of WeChat's channels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    about: str = ""
    role: str = "guardian"
    listed: bool = False
    language: str = "zh"
    channel: str = NAME


class Pupil(BaseModel):
    """A child on the roster, with the guardian's phone that binds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    number: str
    guardian: str
    relation: str
    phone: str


class Try(BaseModel):
    """One of the things to try: what it is called and what will be seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    about: str


class Cast(BaseModel):
    """The sample class: people by their native ids, pupils, and every word that is said in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classroom: str
    group: str
    bot: str
    language: str
    headers: list[str]
    people: dict[str, Part]
    pupils: list[Pupil]
    words: dict[str, str]
    parts: dict[str, str]
    tries: dict[str, Try]

    def part(self, native: str) -> Part:
        """Who this is; somebody who came by later is nobody in particular."""
        return self.people.get(native) or Part(name=native, role="other")

    def names(self) -> dict[str, str]:
        """What a text about the class may fill in: people by their ids, pupils as c1, c2 …"""
        pupils = {f"c{place}": pupil.name for place, pupil in enumerate(self.pupils, start=1)}
        return {**pupils, **{native: part.name for native, part in self.people.items()}}

    def order(self) -> Mapping[str, int]:
        """The places of the people in a list of them."""
        return {native: place for place, native in enumerate(self.people)}


def load_cast(language: str) -> Cast:
    """Read the sample class of a language, one of LANGUAGES."""
    path = PAGE / language / "page" / "sample.toml"
    return Cast.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
