"""A throw-away PostgreSQL on loopback.

As a program: `postgres.py exec COMMAND...` runs a command with `LONEWATCH_TEST_POSTGRES` (the
URL) and `LONEWATCH_REQUIRE_POSTGRES=1`, and ends the server afterwards.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processes import Child, end_on_signals, free_port


class Postgres:
    """One server with trust authentication for the user `postgres`, data in a temporary folder."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder: Path | None = None
        self.child: Child | None = None

    def start(self, within: float = 60.0) -> "Postgres":
        """Creates the cluster, starts it and waits until it accepts connections."""
        self.folder = Path(tempfile.mkdtemp(prefix="lonewatch-pg-"))
        runner = _runner()
        if "user" in runner:
            os.chown(self.folder, runner["user"], runner["group"])
        data = self.folder / "data"
        subprocess.run(
            [program("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
            + ["-E", "UTF8", "--no-locale", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **runner,
        )
        self._serve()
        self._wait_until_ready(within)
        self.create("lonewatch")
        return self

    def stop(self) -> None:
        """Ends the server and removes its data."""
        if self.child:
            self.child.stop()
            self.child = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def goes_away(self) -> None:
        """The server ends in the middle of whatever it does, as by a power cut."""
        assert self.child
        self.child.kill()
        self.child = None

    def comes_back(self, within: float = 60.0) -> None:
        """It starts again on what it has written."""
        assert self.folder
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._serve()
        self._wait_until_ready(within)

    def url(self, database: str = "lonewatch") -> str:
        """The address of a database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Creates an empty database. Returns its address."""
        self._psql(f'CREATE DATABASE "{database}"')
        return self.url(database)

    @contextlib.contextmanager
    def locked(self, database: str, table: str) -> Iterator[None]:
        """Nobody else can read or write a table meanwhile: they wait, as for a disk that does not answer."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database]
        command = [program("psql"), *where, "-qAt"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as held:
            assert held.stdin and held.stdout
            held.stdin.write(f"BEGIN; LOCK TABLE {table}; SELECT 'held';\n")
            held.stdin.flush()
            assert held.stdout.readline() == "held\n"
            yield
            held.stdin.close()

    def _psql(self, sql: str) -> None:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        subprocess.run([program("psql"), *where, "-qc", sql], check=True)

    def _serve(self) -> None:
        assert self.folder
        args = [program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on"):
            args += ["-c", setting]
        self.child = Child(args, self.folder / "postgres.log", cwd=self.folder, **_runner())

    def _wait_until_ready(self, within: float) -> None:
        probe = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + within
        while subprocess.run(probe).returncode != 0:
            assert self.child
            if not self.child.alive or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.child.tail()}")
            time.sleep(0.1)


def program(name: str) -> str:
    """The path of a PostgreSQL program: Debian keeps most of them off the PATH."""
    debian = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(debian, key=lambda p: float(p.parts[4]), reverse=True)
    found = str(newest[0]) if newest else shutil.which(name)
    if not found:
        raise RuntimeError(f"PostgreSQL is missing ({name}): run scripts/setup")
    return found


def _runner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user `postgres`."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def main() -> int:
    """Runs a command with a database beside it. Returns the command's exit code."""
    end_on_signals()
    if len(sys.argv) < 3 or sys.argv[1] != "exec":
        print("usage: postgres.py exec COMMAND...", file=sys.stderr)
        return 2
    server = Postgres()
    try:
        server.start()
        extra = {"LONEWATCH_TEST_POSTGRES": server.url(), "LONEWATCH_REQUIRE_POSTGRES": "1"}
        return subprocess.run(sys.argv[2:], env={**os.environ, **extra}).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
