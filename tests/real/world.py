"""A homeserver with the whole team on it: accounts, clients, two encrypted rooms, the bot."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import nio

from bot import ROOT, Bot
from homeserver import Homeserver
from person import Person
from roster import BOT_PASSWORD, RESPONDERS, TEAM, write_config
from screen import BOT

BOT_ID = f"@{BOT}:localhost"
ENCRYPTED = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}
# The bot is a member like any other; here whoever is in a room may pin.
ALL_MAY_PIN = {"events": {"m.room.pinned_events": 0}}


class World:
    """Everything outside the bot, and the bot itself."""

    def __init__(self, homeserver: Homeserver, folder: Path, policy: str = "demo") -> None:
        self.homeserver = homeserver
        self.folder = folder
        self.policy = ROOT / "policies" / f"{policy}.toml"
        self.places: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.team_room = ""
        self.managers_room = ""
        self.bot: Bot | None = None

    def __getattr__(self, name: str) -> Person:
        """`world.amira` is Amira."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    async def people_arrive(self) -> None:
        """Creates the accounts, logs everybody in and opens the two encrypted rooms."""
        self.homeserver.register(BOT, BOT_PASSWORD, "Lonewatch")
        for member in TEAM:
            self.homeserver.register(member.id, member.password, member.name)
        await asyncio.gather(*(self.log_in(m.id, m.password) for m in TEAM))
        everybody = [member.id for member in TEAM]
        self.team_room = await self.open_room("north", "North", everybody)
        self.managers_room = await self.open_room("north-managers", "North managers", RESPONDERS)
        await asyncio.gather(
            *(self.people[name].is_in(self.team_room) for name in everybody),
            *(self.people[name].is_in(self.managers_room) for name in RESPONDERS),
        )

    async def log_in(self, name: str, password: str) -> Person:
        """Logs somebody in on a device of their own."""
        person = Person(self.homeserver.url, name, password, self.folder / name, self.places)
        self.people[name] = person
        return await person.log_in()

    async def open_room(self, alias: str, title: str, members: list[str]) -> str:
        """Carol opens an encrypted room and invites the members and the bot."""
        others = [f"@{name}:localhost" for name in members if name != "carol"]
        answer = await self.carol.client.room_create(
            alias=alias,
            name=title,
            invite=[*others, BOT_ID],
            initial_state=[ENCRYPTED],
            power_level_override=ALL_MAY_PIN,
        )
        assert isinstance(answer, nio.RoomCreateResponse), answer
        self.places[answer.room_id] = f"#{alias}"
        return answer.room_id

    def configure(self, store_url: str | None = None, by_way_of: str | None = None) -> Bot:
        """Writes the bot's configuration.

        `store_url` defaults to an SQLite file, `by_way_of` to the homeserver's own address.
        """
        home = self.folder / "bot"
        home.mkdir(parents=True, exist_ok=True)
        url = store_url or f"sqlite://{home / 'lonewatch.db'}"
        config = home / "bot-config.toml"
        address = by_way_of or self.homeserver.url
        write_config(config, address, url, home / "matrix", self.policy)
        self.bot = Bot(config)
        return self.bot

    async def bot_arrives(self, store_url: str | None = None, by_way_of: str | None = None) -> Bot:
        """Starts the bot and waits until it is in both rooms and in everybody's direct chat."""
        bot = await self.configure(store_url, by_way_of).start()
        await self.carol.meets(self.team_room, BOT_ID)
        await self.carol.meets(self.managers_room, BOT_ID)
        await asyncio.gather(*(self.people[m.id].direct() for m in TEAM))
        return bot

    def stored(self, table: str, words: str) -> int:
        """How many rows of the bot's SQLite file hold these words."""
        store = sqlite3.connect(f"file:{self.folder / 'bot' / 'lonewatch.db'}?mode=ro", uri=True)
        with contextlib.closing(store):
            found = store.execute(f"SELECT COUNT(*) FROM {table} WHERE body LIKE ?", [f"%{words}%"])
            count: int = found.fetchone()[0]
            return count

    async def close(self) -> None:
        """Stops the bot, which must end by itself, and logs everybody out. The homeserver stays."""
        code = self.bot.stop() if self.bot else None
        await asyncio.gather(*(p.log_out() for p in self.people.values()))
        assert code in (None, 0), f"the bot ended with {code}:\n{self.bot and self.bot.tail()}"

    def heard(self, sender: str) -> list[tuple[str, bool]]:
        """What the bot has of somebody in its SQLite store: what was done, and whether it was dealt with."""
        file = self.folder / "bot" / "lonewatch.db"
        with contextlib.closing(sqlite3.connect(file, timeout=10)) as store:
            rows = store.execute(
                "SELECT did, done_at IS NOT NULL FROM inbox WHERE sender = ? ORDER BY id", (sender,)
            )
            return [(did, bool(done)) for did, done in rows]

    def was_awake_before(self, longer: timedelta) -> None:
        """Sets back, in the SQLite store of a bot that is down, since when it has been: nobody has to wait so long."""
        file = self.folder / "bot" / "lonewatch.db"
        with contextlib.closing(sqlite3.connect(file, timeout=10)) as store, store:
            moved = "UPDATE meta SET value = value - ? WHERE name = 'awake_at'"
            assert store.execute(moved, [int(longer.total_seconds() * 1000)]).rowcount == 1

    async def settles(self) -> None:
        """Two quiet questions, asked and answered: what was to be said before them has been."""
        for _ in range(2):
            for name in ("dan", "amira"):
                person: Any = self.people[name]
                event = await person.say(await person.direct(), "/mine")
                await person.gets_answer(event)
