"""Make the weights of the judge's linear model: `python -m bench.judge.train`. The same each time."""

from __future__ import annotations

import random
import zlib
from base64 import b85encode
from math import exp, sqrt
from pathlib import Path

from bench.judge.messages import UNWANTED, messages
from classroom.rules.topics import leaning
from classroom.rules.topics.judging import signs
from classroom.rules.topics.reading import read
from classroom.rules.topics.weights import BUCKETS

TARGET = Path(leaning.__file__).with_name("weights.py")
EPOCHS, RATE, DECAY = 30, 0.15, 3e-5
LEGITIMATE = 1.8
"""A legitimate message weighs so much more: wronging a parent is worse than missing an ad."""

Row = tuple[list[int], int, float]


def rows(*which: str) -> list[Row]:
    """What the model sees of each message, and what it is."""
    found: list[Row] = []
    for label, text in (pair for one in which for pair in messages(one)):
        if label == "leak":
            continue
        reading = read(text)
        seen = sorted(leaning.features(reading.text, signs(reading.text, reading)))
        unwanted = label in UNWANTED
        found.append((seen, int(unwanted), 1.0 if unwanted else LEGITIMATE))
    return found


def train(data: list[Row]) -> tuple[list[float], float]:
    """Logistic regression by stochastic gradient descent."""
    order, weights, bias = random.Random(0), [0.0] * BUCKETS, 0.0
    for epoch in range(EPOCHS):
        order.shuffle(data)
        for seen, truth, weight in data:
            share = 1 / sqrt(len(seen) or 1)
            z = bias + share * sum(weights[one] for one in seen)
            step = RATE * weight * (truth - 1 / (1 + exp(-max(-30.0, min(30.0, z))))) / (1 + epoch / 10)
            bias += 0.3 * step
            for one in seen:
                weights[one] += 3 * step * share - RATE * DECAY * weights[one]
    return weights, bias


def write(weights: list[float], bias: float) -> int:
    """Write the weights as eight bits each; gives the size of the file."""
    scale = max(map(abs, weights)) / 127
    packed = b85encode(zlib.compress(bytes(round(w / scale) & 0xFF for w in weights), 9)).decode()
    lines = "".join(f'    "{packed[i : i + 100]}"\n' for i in range(0, len(packed), 100))
    TARGET.write_text(
        '"""The weights of leaning.py, made by `python -m bench.judge.train`; nothing to read here."""\n\n'
        f"BUCKETS = 1 << 15\nBIAS = {bias:.4f}\nSCALE = {scale:.6f}\nPACKED = (\n{lines})\n",
        encoding="utf-8",
    )
    return TARGET.stat().st_size


if __name__ == "__main__":
    size = write(*train(rows("tuned", "borrowed")))
    print(f"{TARGET.name}: {size / 1024:.0f} KB")
