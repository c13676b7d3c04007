"""Satisfaction over the terms: a share each, a line in signs, and a picture with the goal across."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from classroom.drawings import Line, Point, PrivateDrawing
from classroom.text import PrivateText
from handlers.concern_term import ends_in
from handlers.holiday.school import calendar_of
from handlers.room import Room
from handlers.survey.counting import GOAL, Share, together
from handlers.survey.results import shares_of
from scheduler.calendar.days import Kind
from storage import surveys
from storage.surveys import CLOSED
from templates.render import Say

SIGNS = "▁▂▃▄▅▆▇█"
MOST_TERMS = 8


@dataclass(frozen=True, slots=True)
class Term:
    """One term with the share of satisfied answers in it."""

    name: str
    share: Share
    sign: str


def terms_of(room: Room, say: Say) -> list[Term]:
    """The terms in which satisfaction was asked and enough families answered, oldest first."""
    found: dict[str, list[Share]] = {}
    for survey in surveys.of_class(room.db, room.here.id, CLOSED):
        shares = shares_of(survey, hide=survey.anonymous) if survey.satisfaction and survey.closed_at else []
        if shares and survey.closed_at:
            day = survey.closed_at.astimezone(room.zone).date()
            found.setdefault(_name(day, room, say), []).extend(shares)
    return [
        Term(name, share, _sign(share))
        for name, shares in [*found.items()][-MOST_TERMS:]
        for share in [together(shares)]
    ]


def _sign(share: Share) -> str:
    """A height from half to all: below a half satisfaction has no nuances."""
    height = max(0.0, 2 * share.height - 1)
    return SIGNS[min(len(SIGNS) - 1, int(height * len(SIGNS)))]


def _name(day: date, room: Room, say: Say) -> str:
    """The class's own name of a term, else by the season in which it began."""
    own = calendar_of(room, say).own(Kind.TERM, day, day)
    if own:
        return own[0].name
    ends = sorted(end for year in (day.year - 1, day.year, day.year + 1) for end in ends_in(room, year))
    last = next(end for end in ends if end >= day)
    before = max((end for end in ends if end < day), default=last - timedelta(days=180))
    first = before + timedelta(days=45)
    return say.label("survey.term", year=first.year, autumn=first.month >= 7).text


def text_of(terms: list[Term], say: Say, room: Room) -> PrivateText:
    """The shares in figures and signs."""
    return say.private("survey.trend", classroom=room.here.name, terms=terms, goal=GOAL)


def picture_of(terms: list[Term], say: Say, room: Room) -> tuple[PrivateDrawing, ...]:
    """The same as a line; one point alone is no line."""
    if len(terms) < 2:
        return ()
    points = tuple(
        Point(
            say.private("survey.words", words=term.name),
            say.private("survey.words", words=f"{term.share.percent}%"),
            term.share.height,
        )
        for term in terms
    )
    scene = Line(
        say.private("survey.trend_head", classroom=room.here.name),
        say.private("survey.trend_title"),
        points,
        say.private("survey.trend_note", goal=GOAL),
        GOAL / 100,
        say.private("survey.trend_goal", goal=GOAL),
    )
    return (PrivateDrawing(scene, f"satisfaction-{room.today:%Y-%m}", say.language),)
