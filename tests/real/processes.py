"""Child processes that never outlive us.

Each child gets a process group of its own, is ended by its id, and is ended when this program
ends: normally, by Ctrl-C, by SIGTERM, and (on Linux) also when it is killed.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child:
    """One child process with its output in a file."""

    _all: list["Child"] = []

    def __init__(self, args: list[str], log: Path, **options: Any) -> None:
        """Starts `args`; stdout and stderr are appended to `log`."""
        self.name = Path(args[0]).name
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                args,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **options,
            )
        Child._all.append(self)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def stop(self, within: float = 15.0) -> int:
        """Asks it to end, waits `within` seconds, then kills it. Returns the exit code."""
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()
        return self._forget()

    def kill(self) -> int:
        """SIGKILL to the whole group, the way a power cut ends a program."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        return self._forget()

    def tail(self, lines: int = 40) -> str:
        """The last lines of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _signal(self, number: int) -> None:
        if self.alive:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def _forget(self) -> int:
        if self in Child._all:
            Child._all.remove(self)
        return self.process.returncode


def stop_all() -> None:
    """Ends every child that still runs, the newest first."""
    for child in reversed(list(Child._all)):
        child.stop(within=8.0)


def end_on_signals() -> None:
    """Turns SIGTERM and SIGHUP into an ordinary exit, so that `finally` and `atexit` run."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: sys.exit(128 + got))


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


atexit.register(stop_all)
