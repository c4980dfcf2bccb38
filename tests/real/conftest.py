"""What the tests against real servers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the whole run."""
    server = Postgres().start()
    yield server
    server.stop()
