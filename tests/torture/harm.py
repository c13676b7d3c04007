"""Tools to break things with: a line that can be cut, a disk that is full, a clock that jumps."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 65536

CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile long long *offset;
static int (*real)(clockid_t, struct timespec *);
__attribute__((constructor)) static void begin(void) {
    real = dlsym(RTLD_NEXT, "clock_gettime");
    int file = open(getenv("CLOCK_OFFSET"), O_RDONLY);
    void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    offset = map == MAP_FAILED ? 0 : map;
    close(file);
}
int clock_gettime(clockid_t which, struct timespec *at) {
    int done = real(which, at);
    if (offset && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) at->tv_sec += *offset;
    return done;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    at->tv_sec = found.tv_sec;
    at->tv_usec = found.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *at) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (at) *at = found.tv_sec;
    return found.tv_sec;
}
"""


class Clock:
    """The time of day of one process, turned from outside; what counts seconds goes on as it did."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock.offset"
        self._library = folder / "clock.so"
        source = folder / "clock.c"
        source.write_text(CLOCK, encoding="utf-8")
        self.turn(0)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self._library, source, "-ldl"], check=True)

    @staticmethod
    def possible() -> bool:
        """It takes a C compiler and Linux."""
        return shutil.which("cc") is not None and Path("/proc").is_dir()

    @property
    def environment(self) -> dict[str, str]:
        """What the process has to be started with."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET": str(self._file)}

    def turn(self, seconds: int) -> None:
        """Let the process's time of day be off by so much from now on."""
        if not self._file.exists():
            self._file.write_bytes(struct.pack("q", seconds))
            return
        with self._file.open("r+b") as file:
            file.write(struct.pack("q", seconds))


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own, where we may mount one."""
    disk = Path(tempfile.mkdtemp(prefix="homeroom-disk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", disk],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise PermissionError("no file system can be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        disk.rmdir()


def may_mount() -> bool:
    """Whether a small disk can be had."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


def fill(disk: Path, leave: int = 0) -> Path:
    """Use up a file system but for some bytes; gives the file that does it."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    if leave:
        os.truncate(filler, max(0, filler.stat().st_size - leave))
    return filler


class Line:
    """TCP on loopback before PostgreSQL's socket: it carries, stalls, or is cut."""

    def __init__(self, behind: Path) -> None:
        self._behind = str(behind)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._cut = False
        self._armed = False
        self.cut_commits = 0
        threading.Thread(target=self._accept, daemon=True, name="line").start()

    def cut(self) -> None:
        """Reset every connection and take no new one."""
        self._cut = True
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for plug in pair:
                _reset(plug)

    def mend(self) -> None:
        """Carry again."""
        self._cut = False
        self._flows.set()

    def stall(self) -> None:
        """Keep everything back, as a cable that is trodden on."""
        self._flows.clear()

    def arm(self) -> None:
        """Cut the next connection that commits, after the server has done it and before it can say so."""
        self._armed = True

    def close(self) -> None:
        """Give everything back."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                _reset(client)
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._behind)
            except OSError:
                _reset(client)
                server.close()
                continue
            with self._lock:
                self._pairs.append((client, server))
            doomed = threading.Event()
            for source, target, inward in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._carry, args=(source, target, inward, doomed), daemon=True
                ).start()

    def _carry(
        self, source: socket.socket, target: socket.socket, inward: bool, doomed: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := source.recv(BLOCK):
                self._flows.wait()
                if inward and self._armed and b"COMMIT" in data:
                    self._armed = False
                    self.cut_commits += 1
                    doomed.set()
                if not inward and doomed.is_set():
                    break
                target.sendall(data)
        _reset(source)
        _reset(target)


def _reset(plug: socket.socket) -> None:
    with suppress(OSError):
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plug.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        plug.close()
