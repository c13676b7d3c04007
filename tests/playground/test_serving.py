"""The playground as it is started: real HTTP on this machine, for nobody else, gone without a trace."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import websockets
from websockets.exceptions import InvalidStatus

from bot.demo.serving import Options, run
from classroom.errors import ConfigError

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@dataclass
class Served:
    """A running playground."""

    address: str
    process: subprocess.Popen[str]
    folder: Path

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self._ask(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, data: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self._ask(urllib.request.Request(self.address + path, data=data, headers=headers))

    def _ask(self, request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()


def started(folder: Path, *arguments: str) -> Served:
    """Start `homeroom demo` as anybody does, and wait for its address."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "http://" in line, line
    return Served(line.split("http://")[1].split("/")[0].join(("http://", "")), process, folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = started(tmp_path_factory.mktemp("served"), "--language", "en")
    yield served
    served.process.terminate()
    assert served.process.wait(20) == 0


def test_the_page_lets_nothing_else_in(served: Served) -> None:
    status, headers, body = served.get("/")
    assert status == 200 and b"<html" in body
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert served.get("/", Host="evil.example")[0] == 403
    assert served.get("/", Origin="http://evil.example")[0] == 403


def test_words_in_both_languages_and_no_other(served: Served) -> None:
    chinese, english = (json.loads(served.get(f"/words/{code}.json")[2]) for code in ("zh_CN", "en"))
    assert chinese.keys() == english.keys()
    assert served.get("/words/../../sample.json")[0] == 404 and served.get("/words/fr.json")[0] == 404


def test_pictures_are_shown_and_everything_else_is_only_saved(served: Served) -> None:
    picture = json.loads(served.post("/files?name=wall.png&kind=photo", PICTURE)[2])
    status, headers, body = served.get(f"/files/{picture['file']}")
    assert (status, headers["content-type"], body) == (200, "image/png", PICTURE)
    page = json.loads(served.post("/files?name=..%2F..%2Fx.html&kind=photo", b"<script>1</script>")[2])
    assert page["name"] == "x.html"
    headers = served.get(f"/files/{page['file']}")[1]
    assert (
        headers["content-disposition"].startswith("attachment")
        and headers["x-content-type-options"] == "nosniff"
    )
    assert served.get("/files/nothing")[0] == 404


def test_too_large_or_empty_a_file_is_refused_in_a_sentence(served: Served) -> None:
    status, _, body = served.post("/files?name=a.bin&lang=en", b"0" * (20 * 1024 * 1024 + 1))
    assert status == 413 and "20 MB" in json.loads(body)["error"]
    assert served.post("/files?name=a.bin", b"")[0] == 400
    assert served.post("/files?name=a.bin&kind=sticker", b"x")[0] == 400


async def test_no_other_page_reaches_the_line(served: Served) -> None:
    line = served.address.replace("http://", "ws://") + "/ws"
    with pytest.raises(InvalidStatus):
        async with websockets.connect(line, origin=websockets.Origin("http://evil.example")):
            pass
    async with websockets.connect(line, origin=websockets.Origin(served.address)) as socket_:
        await socket_.send("no json")
        await socket_.send('{"do":"fly","id":"1"}')
        hello = json.loads(await asyncio.wait_for(socket_.recv(), 10))
        assert hello["type"] == "hello" and hello["as"] == "wang"


def test_it_is_gone_when_it_is_stopped(tmp_path: Path) -> None:
    served = started(tmp_path)
    assert any(path.name.startswith("homeroom-playground-") for path in tmp_path.iterdir())
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    assert list(tmp_path.iterdir()) == []


def test_kept_with_data_and_found_again(tmp_path: Path) -> None:
    for _ in range(2):
        served = started(tmp_path, "--data", "mine.db")
        served.process.terminate()
        assert served.process.wait(20) == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"mine.db", "mine.db.chats", "mine.key"}
    assert (tmp_path / "mine.db.chats").stat().st_mode & 0o077 == 0


OPTIONS = Options("127.0.0.1", 0, False, None, "zh_CN", False, lambda line: None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org", "::"])
def test_nobody_else_is_let_in_unless_it_is_said_twice(host: str) -> None:
    with pytest.raises(ConfigError, match="--allow-others"):
        run(replace(OPTIONS, host=host))


def test_what_cannot_be_is_said_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="--port"):
        run(replace(OPTIONS, port=taken.getsockname()[1]))
    with pytest.raises(ConfigError, match="zh_CN or en"):
        run(replace(OPTIONS, language="fr"))
    (tmp_path / "mine.db.chats").write_text("a diary")
    with pytest.raises(ConfigError, match="another name"):
        run(replace(OPTIONS, data=tmp_path / "mine.db"))
