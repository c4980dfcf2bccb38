"""What the tests against real servers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks import nothing_private_in_a_log
from homeserver import Homeserver
from postgres import Postgres
from processes import end_on_signals

end_on_signals()


@pytest.fixture
def homeserver(tmp_path: Path) -> Iterator[Homeserver]:
    """A fresh Synapse."""
    server = Homeserver(tmp_path / "synapse").start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def logs(tmp_path: Path) -> Iterator[None]:
    """After each test: what its bots have logged holds nothing of what people write."""
    yield
    for log in tmp_path.rglob("lonewatch.log"):
        nothing_private_in_a_log(log.read_text(errors="replace"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the whole run."""
    server = Postgres().start()
    yield server
    server.stop()
