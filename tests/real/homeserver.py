"""A Synapse on loopback for tests and the demo: SQLite, one listener, no federation."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from signedjson.key import generate_signing_key, write_signing_keys

from processes import Child, free_port

SERVER_NAME = "localhost"
SECRET = "for tests on loopback only"
PLENTY = {"per_second": 10_000, "burst_count": 10_000}


class Homeserver:
    """Synapse with its data in `folder`; started again, it has the same accounts and rooms."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, within: float = 60.0) -> "Homeserver":
        """Starts Synapse and waits until it answers."""
        config = self._write_config()
        self.child = Child(
            [sys.executable, "-m", "synapse.app.homeserver", "-c", str(config)],
            self.folder / "synapse.log",
            cwd=self.folder,
        )
        self._wait_until_ready(within)
        return self

    def stop(self) -> None:
        """Ends Synapse; its data stays."""
        if self.child:
            self.child.stop()
            self.child = None

    def register(self, name: str, password: str, display_name: str | None = None) -> str:
        """Creates an account through the shared-secret admin call. Returns its Matrix id."""
        path = "/_synapse/admin/v1/register"
        nonce = self._call("GET", path)["nonce"]
        fields = [nonce, name, password, "notadmin"]
        mac = hmac.new(SECRET.encode(), "\0".join(fields).encode(), hashlib.sha1)
        body = {
            "nonce": nonce,
            "username": name,
            "displayname": display_name or name,
            "password": password,
            "admin": False,
            "inhibit_login": True,
            "mac": mac.hexdigest(),
        }
        return str(self._call("POST", path, body)["user_id"])

    def devices(self, name: str, password: str) -> list[str]:
        """The ids of the account's devices (the look-up's own login is logged out again)."""
        with self.logged_in(name, password) as (token, own):
            found = self._call("GET", "/_matrix/client/v3/devices", token=token)["devices"]
        return sorted(d["device_id"] for d in found if d["device_id"] != own)

    def remove_device(self, name: str, password: str, device: str) -> None:
        """Removes a device of the account, as its owner does from another one."""
        user = {"type": "m.id.user", "user": name}
        auth = {"type": "m.login.password", "identifier": user, "password": password}
        with self.logged_in(name, password) as (token, _):
            path = f"/_matrix/client/v3/devices/{device}"
            try:
                self._call("DELETE", path, {}, token=token)
            except urllib.error.HTTPError as asks:
                auth["session"] = json.load(asks)["session"]
                self._call("DELETE", path, {"auth": auth}, token=token)

    def delayed(self, name: str, password: str) -> list[dict[str, Any]]:
        """The messages of the account that wait at the homeserver (MSC4140)."""
        with self.logged_in(name, password) as (token, _):
            path = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events"
            found: list[dict[str, Any]] = self._call("GET", path, token=token)["delayed_events"]
            return found

    def delay(self, name: str, password: str, room: str, content: dict[str, Any]) -> None:
        """Leaves a message of the account to be posted in an hour."""
        with self.logged_in(name, password) as (token, device):
            path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/{device}"
            self._call("PUT", f"{path}?org.matrix.msc4140.delay=3600000", content, token=token)

    def log_in(self, name: str, password: str) -> tuple[str, str]:
        """Logs the account in on a new device. Returns the token and the device's id."""
        user = {"type": "m.id.user", "user": name}
        body = {"type": "m.login.password", "identifier": user, "password": password}
        login = self._call("POST", "/_matrix/client/v3/login", body)
        return login["access_token"], login["device_id"]

    @contextlib.contextmanager
    def logged_in(self, name: str, password: str) -> Iterator[tuple[str, str]]:
        """A device for a moment: its token and id; logged out again afterwards."""
        token, device = self.log_in(name, password)
        yield token, device
        self._call("POST", "/_matrix/client/v3/logout", {}, token=token)

    def _wait_until_ready(self, within: float) -> None:
        deadline = time.monotonic() + within
        while True:
            try:
                self._call("GET", "/_matrix/client/versions")
                return
            except (urllib.error.URLError, OSError):
                assert self.child
                if not self.child.alive or time.monotonic() > deadline:
                    raise RuntimeError(f"Synapse did not start:\n{self.child.tail()}") from None
                time.sleep(0.1)

    def _call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def _write_config(self) -> Path:
        key = self.folder / "signing.key"
        if not key.exists():
            with key.open("w") as out:
                write_signing_keys(out, [generate_signing_key("a_test")])
        log = self.folder / "log.yaml"
        log.write_text(yaml.safe_dump(_log_config()))
        config = self.folder / "homeserver.yaml"
        config.write_text(yaml.safe_dump(self._config(key, log)))
        return config

    def _config(self, key: Path, log: Path) -> dict[str, Any]:
        return {
            "server_name": SERVER_NAME,
            "pid_file": str(self.folder / "synapse.pid"),
            "listeners": [
                {
                    "port": self.port,
                    "type": "http",
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client"]}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "db.sqlite")}},
            "log_config": str(log),
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(key),
            "macaroon_secret_key": SECRET,
            "form_secret": SECRET,
            "registration_shared_secret": SECRET,
            "report_stats": False,
            "presence": {"enabled": False},
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "bcrypt_rounds": 4,
            "encryption_enabled_by_default_for_room_type": "off",
            "max_event_delay_duration": "24h",
            **_no_rate_limits(),
        }


def _no_rate_limits() -> dict[str, Any]:
    """Everything raised so far that a fast test never meets a limit."""
    return {
        "rc_message": PLENTY,
        "rc_registration": PLENTY,
        "rc_login": {"address": PLENTY, "account": PLENTY, "failed_attempts": PLENTY},
        "rc_admin_redaction": PLENTY,
        "rc_joins": {"local": PLENTY, "remote": PLENTY},
        "rc_joins_per_room": PLENTY,
        "rc_key_requests": PLENTY,
        "rc_invites": {"per_room": PLENTY, "per_user": PLENTY, "per_issuer": PLENTY},
        "rc_delayed_event_mgmt": PLENTY,
        "rc_room_creation": PLENTY,
        "rc_profile": PLENTY,
        "rc_user_directory": PLENTY,
    }


def _log_config() -> dict[str, Any]:
    return {
        "version": 1,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "disable_existing_loggers": False,
    }
