"""The program under test: `lonewatch run` as a child process."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from processes import Child
from roster import BOT_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
READY = "watching"


def binary() -> Path:
    """The program: `LONEWATCH_BIN`, or the debug build of this project."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = Path(os.environ.get("LONEWATCH_BIN", target / "debug" / "lonewatch"))
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run `cargo build`, or set LONEWATCH_BIN")
    return path.resolve()


class Bot:
    """One bot with its configuration; it can be killed and started again."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.log = config.parent / "lonewatch.log"
        self.env: dict[str, str] = {"LONEWATCH_PASSWORD": BOT_PASSWORD}
        self.child: Child | None = None
        self.began = 0

    async def start(self, within: float = 60.0, says: str = READY) -> "Bot":
        """Starts it and waits until it says that it is watching, or what else is wanted."""
        self.begin()
        await self.says(says, within)
        return self

    def begin(self) -> None:
        """Starts it and waits for nothing."""
        self.began = self.log.stat().st_size if self.log.exists() else 0
        env = {**os.environ, **self.env}
        env.setdefault("RUST_LOG", "info,matrix_sdk=off,matrix_sdk_base=off,matrix_sdk_crypto=off,matrix_sdk_sqlite=off")
        args = [str(binary()), "run", "--config", str(self.config)]
        self.child = Child(args, self.log, cwd=self.config.parent, env=env)

    async def says(self, words: str, within: float = 60.0) -> None:
        """Waits for words in its log, since it was started."""
        deadline = time.monotonic() + within
        while words not in self._since(self.began):
            if not (self.child and self.child.alive):
                raise RuntimeError(f"lonewatch ended:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"lonewatch has not said '{words}' after {within} s:\n{self.tail()}")
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        assert self.child
        self.child.kill()
        self.child = None

    def stop(self) -> int | None:
        """Asks it to end. Returns the exit code, `None` if it did not run."""
        if not self.child:
            return None
        code = self.child.stop()
        self.child = None
        return code

    def tail(self, lines: int = 40) -> str:
        """The last lines of its log, and before them every warning."""
        if not self.log.exists():
            return "(no log)"
        log = self.log.read_text(errors="replace").splitlines()
        warned = [line for line in log[:-lines] if " WARN " in line or "ERROR" in line]
        return "\n".join([*warned[-lines:], "…", *log[-lines:]])

    def _since(self, begin: int) -> str:
        with self.log.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace").lower()
