"""Make the weights of the judge's linear models: `python -m bench.judge.train`. The same each time."""

from __future__ import annotations

import random
import zlib
from array import array
from base64 import b85encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp, sqrt
from pathlib import Path

from bench.judge.messages import FOLDERS, UNWANTED, Labelled, labelled
from classroom.rules.topics import leaning
from classroom.rules.topics.judging import signs
from classroom.rules.topics.leaning import BUCKETS, Head, Weights
from classroom.rules.topics.reading import read

TARGET = Path(leaning.__file__).with_name("weights.py")
EPOCHS, RATE, DECAY = 14, 0.6, 1e-6
LEGITIMATE = 1.8
"""A legitimate message weighs so much more: wronging a parent is worse than missing an ad."""

SOUGHT: dict[Head, frozenset[str]] = {
    Head.WANTS: UNWANTED,
    Head.WORDS: UNWANTED,
    Head.MONEY: frozenset({"scam"}),
    Head.VOTES: frozenset({"vote"}),
    Head.LEAKS: frozenset({"leak"}),
}
"""Which labels each head leans towards."""

LEFT_OUT: dict[Head, frozenset[str]] = dict.fromkeys((Head.WANTS, Head.WORDS), frozenset({"leak"}))
"""What a head learns nothing from: a leak is one by what it tells, not by what it wants."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the models see of a message, in its words and in all of it, and what it is."""

    words: list[int]
    all: list[int]
    label: str


FRIENDLY = (
    "老师，孩子明天请假。",
    "各位家长好，",
    "谢谢老师，",
    "孩子的作业写完了。",
    "班费的事：",
    "辛苦各位爸爸妈妈了",
    "家委会通知：",
    "Dear parents, ",
)
"""What may stand before anything, so that the models learn that it saves nothing."""

EVERY = 3
"""So many unwanted messages bring one copy that hides behind a friendly word."""


def rows(messages: Iterable[Labelled]) -> list[Row]:
    """What the models see of each message, and its label."""
    return [_row(one) for one in messages]


def disguised(messages: Iterable[Labelled]) -> Iterator[Labelled]:
    """Some of the unwanted messages again, behind a friendly word."""
    unwanted = [one for one in messages if one.label in UNWANTED][::EVERY]
    for number, one in enumerate(unwanted):
        yield replace(one, text=FRIENDLY[number % len(FRIENDLY)] + one.text)


def _row(one: Labelled) -> Row:
    reading = read(one.text)
    words = leaning.of_words(reading.text)
    signed = leaning.of_signs(signs(reading.text, reading))
    return Row(sorted(words), sorted(words | signed), one.label)


def learn(data: list[Row], head: Head) -> Weights:
    """Logistic regression by stochastic gradient descent with a step for each weight, averaged at the end."""
    sought = SOUGHT[head]
    learnt = [
        (row.words if head is Head.WORDS else row.all, row.label in sought)
        for row in data
        if row.label not in LEFT_OUT.get(head, ())
    ]
    order, weights, squares, bias = random.Random(0), [0.0] * BUCKETS, [1e-3] * BUCKETS, 0.0
    for epoch in range(EPOCHS):
        order.shuffle(learnt)
        rate = RATE / (1 + epoch / 4)
        for buckets, truth in learnt:
            share = 1 / sqrt(len(buckets) or 1)
            z = bias + share * sum([weights[one] for one in buckets])
            wrong = (1.0 if truth else LEGITIMATE) * (truth - 1 / (1 + exp(-max(-30.0, min(30.0, z)))))
            if abs(wrong) < 0.01:
                continue
            bias += 0.05 * rate * wrong
            step, square = rate * wrong * share, (wrong * share) ** 2
            for one in buckets:
                squares[one] += square
                weights[one] += step / sqrt(squares[one])
    return _rounded(weights, bias)


def _rounded(weights: list[float], bias: float) -> Weights:
    """Eight bits for each weight."""
    scale = max(map(abs, weights)) / 127 or 1.0
    return Weights(bias, scale, array("b", [round(w / scale) for w in weights]))


def models(data: list[Row]) -> dict[Head, Weights]:
    """Every head, learnt from the same messages."""
    return {head: learn(data, head) for head in Head}


def write(learnt: Mapping[Head, Weights]) -> int:
    """Write the weights; gives the size of the file."""
    parts = []
    for head, weights in learnt.items():
        packed = b85encode(zlib.compress(weights.buckets.tobytes(), 9)).decode()
        lines = "".join(f'        "{packed[i : i + 96]}"\n' for i in range(0, len(packed), 96))
        numbers = f"        {weights.bias:.4f},\n        {weights.scale:.6f},\n"
        parts.append(f'    "{head.value}": (\n{numbers}{lines}    ),\n')
    TARGET.write_text(
        '"""The weights of leaning.py, made by `python -m bench.judge.train`; nothing to read here."""\n\n'
        f"PACKED: dict[str, tuple[float, float, str]] = {{\n{''.join(parts)}}}\n",
        encoding="utf-8",
    )
    return TARGET.stat().st_size


if __name__ == "__main__":
    known = [*labelled(*FOLDERS)]
    size = write(models(rows([*known, *disguised(known)])))
    print(f"{TARGET.name}: {size / 1024:.0f} KB")
