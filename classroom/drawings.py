"""What is drawn or printed: plain values that a worker turns into a picture or a sheet, off the road.

A picture for a group is made of PublicText alone, as the words of a post are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, final

from classroom.text import PrivateText, PublicText, Text

T_co = TypeVar("T_co", bound=Text, covariant=True)


@final
@dataclass(frozen=True, slots=True)
class Bar(Generic[T_co]):
    """One bar: `share` is its length, 0 to 1; `lead` sets off the longest."""

    label: T_co
    figure: T_co
    share: float
    lead: bool = False


@final
@dataclass(frozen=True, slots=True)
class Bars(Generic[T_co]):
    """A chart of bars, as of a poll."""

    head: T_co
    title: T_co
    bars: tuple[Bar[T_co], ...]
    note: T_co
    kind: Literal["bars"] = "bars"


@final
@dataclass(frozen=True, slots=True)
class Point(Generic[T_co]):
    """One point of a line: `share` is its height, 0 to 1."""

    label: T_co
    figure: T_co
    share: float


@final
@dataclass(frozen=True, slots=True)
class Line(Generic[T_co]):
    """A share over time, with the goal (0 to 1) as a line across."""

    head: T_co
    title: T_co
    points: tuple[Point[T_co], ...]
    note: T_co
    goal: float | None = None
    goal_label: T_co | None = None
    kind: Literal["line"] = "line"


@final
@dataclass(frozen=True, slots=True)
class Dots(Generic[T_co]):
    """How many of one kind there are among all: a dot each, nobody named."""

    label: T_co
    count: int


@final
@dataclass(frozen=True, slots=True)
class Coverage(Generic[T_co]):
    """How many families were reached: a big figure, its share (0 to 1), and a dot for each family."""

    head: T_co
    title: T_co
    figure: T_co
    share: float
    dots: tuple[Dots[T_co], ...]
    note: T_co
    kind: Literal["coverage"] = "coverage"


@final
@dataclass(frozen=True, slots=True)
class Honour(Generic[T_co]):
    """Names under one title; None: under none."""

    title: T_co | None
    names: tuple[T_co, ...]


@final
@dataclass(frozen=True, slots=True)
class Honours(Generic[T_co]):
    """Who was praised, in no order and without counts."""

    head: T_co
    title: T_co
    honours: tuple[Honour[T_co], ...]
    note: T_co
    kind: Literal["honours"] = "honours"


@final
@dataclass(frozen=True, slots=True)
class Table(Generic[T_co]):
    """A list to print on A4; `widths` are the columns' parts of the page, all alike where none are given."""

    head: T_co
    title: T_co
    columns: tuple[T_co, ...]
    rows: tuple[tuple[T_co, ...], ...]
    note: T_co
    widths: tuple[float, ...] = ()
    kind: Literal["table"] = "table"


@final
@dataclass(frozen=True, slots=True)
class QrCode:
    """An address to scan; for one family alone, so that it never stands in a public drawing."""

    address: str


@final
@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one family: to whom, about which child, and the code that is theirs."""

    to: PrivateText
    child: PrivateText
    code: QrCode | None = None


@final
@dataclass(frozen=True, slots=True)
class NoticeSlips:
    """A notice on paper, one slip a family, with a part to tear off and bring back."""

    head: PrivateText
    title: PrivateText
    words: PrivateText
    signed: PrivateText
    scan: PrivateText
    reply: PrivateText
    sign_here: PrivateText
    slips: tuple[Slip, ...]
    kind: Literal["notice_slips"] = "notice_slips"


@final
@dataclass(frozen=True, slots=True)
class InviteSlips:
    """How a family comes in, one slip each with the code of its child."""

    head: PrivateText
    words: PrivateText
    steps: tuple[PrivateText, ...]
    note: PrivateText
    slips: tuple[Slip, ...]
    kind: Literal["invite_slips"] = "invite_slips"


PublicScene = Bars[PublicText] | Line[PublicText] | Coverage[PublicText] | Honours[PublicText]
PrivateScene = (
    Bars[Text] | Line[Text] | Coverage[Text] | Honours[Text] | Table[Text] | NoticeSlips | InviteSlips
)


@final
@dataclass(frozen=True, slots=True)
class PublicDrawing:
    """A drawing that a group may see; `filename` has no ending."""

    scene: PublicScene
    filename: str
    language: str
    audience: Literal["public"] = "public"


@final
@dataclass(frozen=True, slots=True)
class PrivateDrawing:
    """A drawing for one person alone; `filename` has no ending."""

    scene: PrivateScene
    filename: str
    language: str
    audience: Literal["private"] = "private"

    def __repr__(self) -> str:
        """Show nothing, as a private text does not."""
        return "PrivateDrawing(…)"


Drawing = PublicDrawing | PrivateDrawing
