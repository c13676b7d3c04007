"""`make bench-judge`: what the judge finds and spares in messages that its models did not learn from.

The models are learnt anew for it, each time without a part of the themes, which is then judged; lists and
rules were made with the `tuned` themes only. Three other ways are run beside it, learnt from the very same
messages. A file of your own may be added, which the judge as it is reads: a row each,
{"text": …, "label": "ok" | "ad" | "vote_begging" | …}.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.judge.baselines import Flags, bigrams, keywords, tg_spam
from bench.judge.disguises import DISGUISES
from bench.judge.messages import FOLDERS, UNWANTED, Labelled, labelled, messages
from bench.judge.train import disguised, models, rows
from classroom.rules.topics import (
    Context,
    Mode,
    Said,
    Speaker,
    Talk,
    Turn,
    consequence,
    is_chat,
    judge,
    talk_of,
)
from classroom.rules.topics.leaning import Head, Weights

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PLAIN = Context(NOW)
START = """
import time
import base64, dataclasses, datetime, enum, hashlib, json, re, unicodedata, zlib
def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
before, began = held(), time.process_time()
import classroom.rules.topics
print(f"  start {time.process_time() - began:.2f} s, {held() - before:.0f} MB")
"""
SAME = {"vote_begging": "vote", "contact_drop": "contact"}
PARTS = 3
"""Into so many parts the themes are dealt; more parts are more to learn from, and take longer."""

Rows = list[tuple[str, str]]
Models = Mapping[Head, Weights]
Acts = Callable[[str], str]


def action(text: str, weights: Models | None = None) -> str:
    """What would follow if a family had written it: none, report, remind or delete."""
    verdict = judge(Said(text, Speaker.GUARDIAN), Context(NOW, weights=weights))
    done = consequence(verdict, (), speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    return "delete" if done.delete else "remind" if done.remind else "report" if done.report else "none"


class Unseen:
    """Judges every message with models that learnt from other themes, and tells other ways to do so too."""

    def __init__(self) -> None:
        """Deal the themes and learn, a part at a time."""
        self.known = [*labelled(*FOLDERS)]
        themes = sorted({one.theme for one in self.known})
        random.Random(5).shuffle(themes)
        self._part = {theme: number % PARTS for number, theme in enumerate(themes)}
        self._of = {one.text: self._part[one.theme] for one in self.known}
        copies = [*disguised(self.known)]
        seen, hidden = rows(self.known), rows(copies)
        self._models: list[Models] = []
        self._bayes: list[tuple[Flags, Flags, Flags]] = []
        for part in range(PARTS):
            learnt = [row for one, row in zip(self.known, seen, strict=True) if not self._in(one, part)]
            learnt += [row for one, row in zip(copies, hidden, strict=True) if not self._in(one, part)]
            self._models.append(models(learnt))
            told = [(m.text, m.label in UNWANTED) for m in self.known if not self._in(m, part)]
            self._bayes.append((bigrams(told), tg_spam(told, 50), tg_spam(told, 0)))

    def _in(self, one: Labelled, part: int) -> bool:
        return self._part[one.theme] == part

    def action(self, text: str, like: str = "") -> str:
        """What would follow; `like` is the message of which a text is a disguised copy."""
        return action(text, self._models[self._of[like or text]])

    def flags(self, way: int) -> Flags:
        """One of the other ways, learnt from the same themes."""
        return lambda text: self._bayes[self._of[text]][way](text)


def share(hits: Iterable[bool]) -> str:
    """How many hits, as `23/60 (38 %)`."""
    found = [*hits]
    return f"{sum(found)}/{len(found)} ({100 * sum(found) / max(1, len(found)):.1f} %)"


def shown(name: str, rows: Rows, acts: Acts) -> None:
    """Print what the judge makes of labelled messages."""
    print(f"\n{name}: {len(rows)} messages")
    of: dict[str, list[str]] = {}
    for label, text in rows:
        of.setdefault(label, []).append(acts(text))
    for what, shown_as in (("delete", "deleted"), ("remind", "reminded"), ("report", "shown to teacher")):
        for label, plural in (("ok", "legitimate"), ("chitchat", "small talk")):
            if done := of.get(label):
                print(f"  {plural + ', ' + shown_as:29} {share(one == what for one in done)}")
    for label, plural in (("ad", "ads"), ("vote", "votes"), ("contact", "contacts")):
        if done := of.get(label):
            caught, gone = share(one != "none" for one in done), share(one == "delete" for one in done)
            print(f"  {plural + ', caught':29} {caught}; deleted {gone}")
    if done := of.get("scam"):
        print(f"  {'money asked for, reported':29} {share(one in ('report', 'delete') for one in done)}")
    if done := of.get("leak"):
        print(f"  {'leaks, told':29} {share(one != 'none' for one in done)}")


def in_disguise(rows: Rows, unseen: Unseen) -> None:
    """Print how many of the messages that were caught are caught in disguise too."""
    caught = [text for label, text in rows if label in UNWANTED and unseen.action(text) != "none"][::2]
    for disguise, change in DISGUISES.items():
        hits = share(unseen.action(change(text), text) != "none" for text in caught)
        print(f"    disguised by {disguise:16} {hits}")


def compared(rows: Rows, unseen: Unseen) -> None:
    """Print the other ways beside it, on the same messages, learnt from the same others."""
    ways: dict[str, Flags] = {
        "Homeroom, reminded or more": lambda text: unseen.action(text) != "none",
        "Homeroom, deleted": lambda text: unseen.action(text) == "delete",
        "a list of words": keywords(),
        "naive Bayes, pairs": unseen.flags(0),
        "tg-spam": unseen.flags(1),
        "tg-spam, any length": unseen.flags(2),
    }
    legitimate = [text for label, text in rows if label == "ok"]
    unwanted = [text for label, text in rows if label in UNWANTED]
    print(f"\n  {'':28} {'finds':>12}  {'wrongs':>12}")
    for name, flags in ways.items():
        found, wronged = sum(map(flags, unwanted)), sum(map(flags, legitimate))
        of = 100 * found / max(1, len(unwanted)), 100 * wronged / max(1, len(legitimate))
        print(f"  {name:28} {found:4} ({of[0]:3.0f} %)  {wronged:4} ({of[1]:4.1f} %)")


def bursts(rows: Rows, size: int = 6, times: int = 400) -> None:
    """Print how many runs of chit-chat show, and how many of school talk are taken for it."""
    chance = random.Random(1)
    for label, name in (("chitchat", "chit-chat"), ("ok", "school talk")):
        pool = [talk_of(text) for other, text in rows if other == label]
        if len(pool) < size:
            continue
        hits = sum(is_chat(_turns(chance.sample(pool, size)), NOW) for _ in range(times))
        print(f"  runs of {size}: {name:12} taken for chit-chat {100 * hits / times:.1f} %")


def _turns(talks: Sequence[Talk]) -> list[Turn]:
    return [Turn(NOW - timedelta(minutes=n), str(n % 3), talk) for n, talk in enumerate(talks)]


def speed(texts: Sequence[str]) -> None:
    """Print time, memory and start."""
    took = []
    for text in texts:
        began = time.process_time()
        judge(Said(text, Speaker.GUARDIAN), PLAIN)
        took.append(time.process_time() - began)
    long = []
    for number in range(500):
        text = "，".join(texts[(number + n) % len(texts)] for n in range(40))[:500]
        began = time.process_time()
        judge(Said(text, Speaker.GUARDIAN), PLAIN)
        long.append(time.process_time() - began)
    long.sort()
    mean = 1e6 * sum(took) / len(took)
    print(f"\n  mean {mean:.0f} µs a message; of 500 characters p99 {1e3 * long[494]:.2f} ms")
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    print(done.stdout, end="")


def read(path: Path) -> Rows:
    """Labelled messages of a file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    named = [(row["label"], row.get("sub"), row["text"]) for row in rows]
    return [(SAME.get(label, label), text) for label, _, text in named]


def main(arguments: Sequence[str]) -> None:
    """Measure on our own messages, and on a file if one is given."""
    unseen = Unseen()
    for folders, name in (
        (("measured", "borrowed_measured"), "themes that neither lists nor models were made with"),
        (("tuned", "borrowed"), "themes that the lists were made with, but not these models"),
    ):
        found = [(one.label, one.text) for one in labelled(*folders)]
        shown(name, found, unseen.action)
        bursts(found)
        if "measured" in folders:
            in_disguise(found, unseen)
            compared(found, unseen)
    shown("written afterwards", [(one.label, one.text) for one in labelled("fresh")], action)
    for path in map(Path, arguments):
        shown(path.name, read(path), action)
    speed([text for which in ("tuned", "measured") for _, text in messages(which)])


if __name__ == "__main__":
    main(sys.argv[1:])
