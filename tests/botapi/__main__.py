"""`python -m tests.botapi --port 8081`: the stand-in as a process of its own, driven by POST /control."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.botapi.control import Control
from tests.botapi.server import TOKEN, BotApiServer


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = BotApiServer(options.token, port=options.port)
    server.control = Control(server)
    with server:
        sys.stdout.write(f"{server.url} {server.token}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
