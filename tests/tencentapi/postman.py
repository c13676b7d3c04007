"""Calls an address of ours with what people do, one call after the other, and again where nobody confirms."""

from __future__ import annotations

import queue
import threading
import time
from abc import ABC, abstractmethod

import httpx


class TencentPostman(ABC):
    """Brings what happens to `url`."""

    def __init__(self, name: str) -> None:
        self.url = ""
        self.patience = 5.0
        """Seconds in which a call must be confirmed."""
        self.attempts, self.pause = 4, 0.02
        self.called = self.brought = 0
        """How many calls there were, and how many of them are confirmed or given up."""
        self.given_up: list[str] = []
        """Calls that nobody confirmed."""
        self._waiting: queue.Queue[tuple[int, str]] = queue.Queue()
        self._round = 0
        self._busy = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name=name)
        self._thread.start()

    def call(self, words: str) -> None:
        """Have these words brought, encrypted and signed."""
        self.called += 1
        self._waiting.put((self._round, words))

    def drop(self) -> None:
        """Forget what was not brought yet."""
        self._round += 1
        while not self._waiting.empty():
            self._waiting.get_nowait()
            self.brought += 1
        with self._busy:  # what is on its way arrives first
            pass

    def close(self) -> None:
        """End the work."""
        self._stop.set()
        self.call("")
        self._thread.join(10)

    @abstractmethod
    def sealed(self, words: str) -> tuple[str, bytes]:
        """The query and the body of a call with these words."""

    @abstractmethod
    def answered(self, words: str, answer: bytes) -> None:
        """A call was confirmed, by these bytes."""

    def _work(self) -> None:
        with httpx.Client() as client:
            while not self._stop.is_set():
                began, words = self._waiting.get()
                with self._busy:
                    if words and not self._brought(client, words, began):
                        self.given_up.append(words)
                self.brought += 1

    def _brought(self, client: httpx.Client, words: str, began: int) -> bool:
        for _ in range(self.attempts):
            if self._stop.is_set() or began != self._round:
                return True
            asked, body = self.sealed(words)
            try:
                answer = client.post(f"{self.url}?{asked}", content=body, timeout=self.patience)
            except httpx.HTTPError:
                continue
            if answer.status_code == 200:
                self.answered(words, answer.content)
                return True
            time.sleep(self.pause)
        return False


def cdata(value: str) -> str:
    """A text as it stands in an element."""
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
