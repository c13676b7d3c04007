"""`make bench-judge`: what the judge finds and spares in messages that it was not made with.

Three other ways are run beside it, trained on the very messages that the judge was made with. A file of
your own may be added: a row each, {"text": …, "label": "ok" | "ad" | "vote_begging" | …}.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.judge.baselines import Flags, bigrams, keywords, tg_spam
from bench.judge.disguises import DISGUISES
from bench.judge.messages import UNWANTED, messages
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
Rows = list[tuple[str, str]]


def action(text: str) -> str:
    """What would follow if a family had written it: none, report, remind or delete."""
    verdict = judge(Said(text, Speaker.GUARDIAN), PLAIN)
    done = consequence(verdict, (), speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    return "delete" if done.delete else "remind" if done.remind else "report" if done.report else "none"


def share(texts: Sequence[str], counted: Iterable[str]) -> str:
    """How many of the texts meet one of the actions, as `23/60 (38 %)`."""
    wanted = set(counted)
    hits = sum(action(text) in wanted for text in texts)
    return f"{hits}/{len(texts)} ({100 * hits / max(1, len(texts)):.0f} %)"


def shown(name: str, rows: Rows) -> None:
    """Print what the judge makes of labelled messages."""
    print(f"\n{name}: {len(rows)} messages")
    of = {label: [text for other, text in rows if other == label] for label in dict(rows)}
    caught = ("remind", "delete", "report")
    if ok := of.get("ok"):
        print(f"  legitimate, deleted           {share(ok, ['delete'])}")
        print(f"  legitimate, reminded          {share(ok, ['remind'])}")
        print(f"  legitimate, shown to teacher  {share(ok, ['report'])}")
    for label, plural in (("ad", "ads"), ("vote", "votes"), ("contact", "contacts")):
        if texts := of.get(label):
            print(f"  {plural + ', caught':29} {share(texts, caught)}; deleted {share(texts, ['delete'])}")
    if frauds := of.get("scam"):
        print(f"  money asked for, reported     {share(frauds, ['report', 'delete'])}")
    if leaks := of.get("leak"):
        print(f"  leaks, told                   {share(leaks, caught)}")
    unwanted = [t for label in UNWANTED for t in of.get(label, []) if action(t) != "none"]
    for disguise, change in DISGUISES.items() if unwanted else ():
        print(f"    disguised by {disguise:16} {share([change(t) for t in unwanted], caught)}")


def compared(rows: Rows) -> None:
    """Print the other ways beside it, on the same messages."""
    learnt = [(text, label in UNWANTED) for label, text in messages("tuned") if label != "leak"]
    others: dict[str, Flags] = {
        "Homeroom, reminded or more": lambda text: action(text) != "none",
        "Homeroom, deleted": lambda text: action(text) == "delete",
        "a list of words": keywords(),
        "naive Bayes, pairs": bigrams(learnt),
        "tg-spam": tg_spam(learnt, 50),
        "tg-spam, any length": tg_spam(learnt, 0),
    }
    legitimate = [text for label, text in rows if label == "ok"]
    unwanted = [text for label, text in rows if label in UNWANTED]
    print(f"\n  {'':28} {'finds':>12}  {'wrongs':>12}")
    for name, flags in others.items():
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
    sets = {"messages that nothing was made with": list(messages("measured"))}
    sets |= {Path(name).name: read(Path(name)) for name in arguments}
    for name, rows in sets.items():
        shown(name, rows)
        bursts(rows)
        compared(rows)
    speed([text for which in ("tuned", "measured") for _, text in messages(which)])


if __name__ == "__main__":
    main(sys.argv[1:])
