"""Whoever looks from outside is told when the bot is not well; when it dies, the homeserver speaks in its place."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot import Bot
from homeserver import Homeserver
from outside import Pinged, Systemd, Watchdog
from postgres import Postgres
from processes import free_port
from proxy import Proxy
from roster import BOT_PASSWORD, TEAM
from screen import BOT
from world import World

STOPPED = "Lonewatch has stopped answering. Use the phone list."
MARK = "org.lonewatch.switch"
NOTE = "he has a large dog"


def _health(bot: Bot, lines: list[str]) -> Watchdog:
    """Adds a `[health]` part to the bot's configuration."""
    port = free_port()
    head = ["", "[health]", f'listen = "127.0.0.1:{port}"']
    with bot.config.open("a") as config:
        config.write("\n".join([*head, *lines]) + "\n")
    return Watchdog(port)


def test_the_outside_hears_that_the_homeserver_is_away(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_homeserver_away(World(homeserver, tmp_path)))


async def _homeserver_away(world: World) -> None:
    await world.people_arrive()
    pinged = await Pinged().start()
    systemd = Systemd(world.folder / "notify")
    try:
        bot = world.configure()
        secret = world.folder / "heartbeat"
        secret.write_text(pinged.url + "\n")
        health = _health(bot, [f'heartbeat_file = "{secret}"', 'heartbeat_every = "1s"'])
        bot.env |= {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "2000000"}
        await bot.start()
        await systemd.hears("READY=1")
        await systemd.hears("WATCHDOG=1")
        body = await health.ready()
        assert body["logged_in"] and body["device_signed"] and not body["wrong"], body
        assert (await health.get("/healthz"))[0] == 200
        await pinged.beat_after(time.monotonic())
        await _numbers_and_no_names(world, health)

        world.homeserver.stop()
        await health.not_ready("the last sync that worked was", within=120)
        away = time.monotonic()
        assert (await health.get("/healthz"))[0] == 200, "the bot itself is alive"
        assert (await health.metrics())["lonewatch_blind"] == 1
        # To start the bot again would mend nothing.
        await systemd.hears("WATCHDOG=1", after=len(systemd.told))
        world.homeserver.start()
        # The last question that was answered with 503 was asked before this.
        await health.not_ready("the last sync that worked was", within=5)
        still_away = time.monotonic()
        await health.ready()
        await pinged.beat_after(still_away)
        wrong = [beat for beat in pinged.beats if away + 1 < beat < still_away]
        assert not wrong, f"it said that all is well while it was not: {wrong}"

        assert "STATUS=watching" in systemd.told, systemd.told
        bot.stop()
        await systemd.hears("STOPPING=1")
        log = bot.log.read_text()
        assert Pinged.SECRET not in log, "the heartbeat's address stands in the log"
    finally:
        await world.close()
        await pinged.stop()
        systemd.close()


async def _numbers_and_no_names(world: World, health: Watchdog) -> None:
    """A visit shows as a number; nothing of it is in any page."""
    amira = world.amira
    room = await amira.direct()
    await amira.gets_answer(await amira.say(room, "visit LCS1234 AB for 2h next home"))
    await amira.gets_answer(await amira.say(room, NOTE))
    body = await health.reads(lambda _, body: body.get("open_shifts") == 1, "one shift")
    assert body["open_alarms"] == 0, body
    metrics = await health.metrics()
    assert metrics["lonewatch_open_shifts"] == 1, metrics
    assert metrics["lonewatch_messages_sent_total"] > 0, metrics
    assert metrics["lonewatch_dead_mans_switch"] == 1, metrics
    for path in ("/metrics", "/readyz", "/healthz"):
        _, text = await health.get(path)
        said = [NOTE, "LCS1234", "LCS", "North", "!", "@", world.managers_room]
        for member in TEAM:
            said += [*member.name.split(), f"{member.id}:", member.phone, *map(str, member.more.values())]
        found = [each for each in said if each != "True" and each != "False" and each in text]
        assert not found, f"{path} says {found}:\n{text}"


def test_the_homeserver_speaks_when_the_bot_does_not(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_dead_mans_switch(World(homeserver, tmp_path)))


async def _dead_mans_switch(world: World) -> None:
    await world.people_arrive()
    carol = world.carol
    try:
        bot = world.configure()
        health = _health(bot, ['dead_mans_switch = "60s"'])
        await bot.start()
        body = await _armed(health)
        assert body["dead_mans_switch"] == "armed", body
        [waiting] = world.homeserver.delayed(BOT, BOT_PASSWORD)
        assert waiting["room_id"] == world.managers_room, waiting
        assert waiting["content"]["body"] == STOPPED, waiting

        # Two starts leave one message behind, the first one's; what a start in between has lost is taken away.
        bot.kill()
        content: dict[str, Any] = {"msgtype": "m.text", "body": STOPPED, MARK: True}
        world.homeserver.delay(BOT, BOT_PASSWORD, world.managers_room, content)
        assert len(world.homeserver.delayed(BOT, BOT_PASSWORD)) == 2
        await bot.start()
        await _armed(health)
        await _until(lambda: len(world.homeserver.delayed(BOT, BOT_PASSWORD)) == 1, "one message waits")
        [kept] = world.homeserver.delayed(BOT, BOT_PASSWORD)
        assert kept["delay_id"] == waiting["delay_id"], "the next start has not taken it over"
        # So does a clean stop.
        bot.stop()
        [kept] = world.homeserver.delayed(BOT, BOT_PASSWORD)
        assert kept["delay_id"] == waiting["delay_id"], "a clean stop has changed it"

        # Another time: a new one takes the place of the old one.
        text = bot.config.read_text()
        bot.config.write_text(text.replace('"60s"', '"4s"'))
        await bot.start()
        await _armed(health)
        await _until(lambda: _lengths(world) == [4000], "one message of the new length waits")
        assert not carol.all(STOPPED), carol.all(STOPPED)

        # Dead.
        bot.kill()
        seen = await carol.sees(STOPPED, within=30)
        assert seen.place == "#north-managers" and seen.msgtype == "m.text", seen
        assert not seen.encrypted, "the homeserver has no keys"
        await bot.start()
        await carol.sees("I am answering again*", place="#north-managers")
        await _armed(health)

        # Hung.
        after = len(carol.screen)
        assert bot.child
        os.kill(bot.child.process.pid, signal.SIGSTOP)
        await carol.sees(STOPPED, within=30, after=after)
        os.kill(bot.child.process.pid, signal.SIGCONT)
        await carol.sees("I am answering again*", place="#north-managers", after=after)
        await _armed(health)

        # Turned off.
        bot.stop()
        text = bot.config.read_text()
        bot.config.write_text(text.replace('"4s"', '"off"'))
        await bot.start()
        await health.reads(lambda _, body: body.get("dead_mans_switch") == "off", "off")
        await _until(lambda: not world.homeserver.delayed(BOT, BOT_PASSWORD), "nothing waits")
        for person in world.people.values():
            elsewhere = [s for s in person.all(STOPPED) if s.place != "#north-managers"]
            assert not elsewhere, f"on {person.name}'s screen: {elsewhere}"
    finally:
        await world.close()


async def _armed(health: Watchdog) -> dict[str, Any]:
    return await health.reads(lambda _, body: body.get("dead_mans_switch") == "armed", "armed")


def _lengths(world: World) -> list[int]:
    return [each["delay"] for each in world.homeserver.delayed(BOT, BOT_PASSWORD)]


async def _until(test: Any, what: str, within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not test():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        await asyncio.sleep(0.1)  # between two questions


def test_a_desk_that_hangs_is_seen_from_everywhere(
    homeserver: Homeserver, postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(_hangs(World(homeserver, tmp_path), postgres, f"hangs_{tmp_path.name}"))


async def _hangs(world: World, postgres: Postgres, database: str) -> None:
    url = postgres.create(database)
    await world.people_arrive()
    carol = world.carol
    systemd = Systemd(world.folder / "notify")
    try:
        bot = world.configure(url)
        health = _health(bot, ['dead_mans_switch = "20s"'])
        bot.env |= {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "2000000"}
        await bot.start()
        await health.ready()
        await _armed(health)
        await systemd.hears("WATCHDOG=1")
        with postgres.locked(database, "meta"):
            # It has noted twice a minute that it is awake; from now on that never ends.
            await health.not_ready("the desk has hung", within=150)
            status, words = await health.get("/healthz")
            assert status == 503 and "hangs" in words, (status, words)
            last = len(systemd.told)
            # Nobody puts the homeserver's message off any more.
            seen = await carol.sees(STOPPED, within=60)
            assert seen.place == "#north-managers", seen
            assert "WATCHDOG=1" not in systemd.told[last:], "a sign of life of a desk that hangs"
            # So long that it has to be told.
            await health.reads(lambda _, body: body["desk_turn_age_seconds"] > 121, "two minutes")
        await carol.sees("I was not able to watch from*", place="#north-managers", within=60)
        await carol.sees("I am answering again*", place="#north-managers", within=60)
        await health.ready()
        await systemd.hears("WATCHDOG=1", after=last)
    finally:
        await world.close()
        systemd.close()


def test_a_homeserver_without_delayed_events_is_said(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_unsupported(World(homeserver, tmp_path)))


class Plain(Proxy):
    """A homeserver that has no delayed events."""

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/_matrix/client/versions":
            return web.json_response({"versions": ["v1.11"], "unstable_features": {}})
        return await super()._pass_on(request)


async def _unsupported(world: World) -> None:
    await world.people_arrive()
    proxy = await Plain(world.homeserver.url).start()
    try:
        bot = world.configure(by_way_of=proxy.url)
        health = _health(bot, [])
        await bot.start()
        body = await health.ready()
        body = await health.reads(
            lambda _, body: "not supported" in body.get("dead_mans_switch", ""), "not supported"
        )
        assert not body["wrong"], "it is no fault of the bot"
        assert "Have somebody else watch it" in bot.log.read_text()
        assert (await health.metrics())["lonewatch_dead_mans_switch"] == 0
    finally:
        await world.close()
        await proxy.stop()


class HeldLogin(Proxy):
    """Holds a login until it is let go; says of a token that it has expired, as a homeserver does."""

    def __init__(self, homeserver_url: str) -> None:
        super().__init__(homeserver_url)
        self.let_go = asyncio.Event()
        self.let_go.set()
        self.expired = False

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/login"):
            await self.let_go.wait()
            self.expired = False
        if self.expired and "authorization" in request.headers:
            body = {"errcode": "M_UNKNOWN_TOKEN", "error": "Access token has expired", "soft_logout": True}
            return web.json_response(body, status=401)
        return await super()._pass_on(request)


def test_a_removed_device_is_seen_from_outside(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_logged_out(World(homeserver, tmp_path)))


async def _logged_out(world: World) -> None:
    await world.people_arrive()
    proxy = await HeldLogin(world.homeserver.url).start()
    try:
        bot = world.configure(by_way_of=proxy.url)
        health = _health(bot, [])
        await bot.start()
        await health.ready()
        [device] = world.homeserver.devices(BOT, BOT_PASSWORD)
        amira = world.amira
        room = await amira.direct()

        # The login expires: the same device logs in again.
        proxy.let_go.clear()
        proxy.expired = True
        await _seen_logged_out(world, health)
        proxy.let_go.set()
        await health.ready()
        assert world.homeserver.devices(BOT, BOT_PASSWORD) == [device]
        await amira.gets_answer(await amira.say(room, "board"), within=60)

        # The device is removed: a new one takes over.
        proxy.let_go.clear()
        world.homeserver.remove_device(BOT, BOT_PASSWORD, device)
        await _seen_logged_out(world, health)
        proxy.let_go.set()
        await health.ready()
        [new] = world.homeserver.devices(BOT, BOT_PASSWORD)
        assert new != device
        await amira.gets_answer(await amira.say(room, "board"), within=60)
        assert (await health.metrics())["lonewatch_logouts_total"] == 2
        # What waits at the homeserver is put off by the new device as well.
        await _armed(health)
        assert len(world.homeserver.delayed(BOT, BOT_PASSWORD)) == 1
        bot.stop()

        # With a token alone nobody but the administrator can mend it.
        token, device = world.homeserver.log_in(BOT, BOT_PASSWORD)
        bot.env = {"LONEWATCH_TOKEN": token}
        await bot.start()
        await health.ready()
        world.homeserver.remove_device(BOT, BOT_PASSWORD, device)
        await amira.say(room, "board")
        await _ends(bot, "logged out: the access token is not valid any more", "LONEWATCH_TOKEN")
        # Nor with a password that is wrong by now.
        bot.env = {"LONEWATCH_PASSWORD": "not this one"}
        with pytest.raises(RuntimeError):
            await bot.start()
        await _ends(bot, "refuses the user name or password", "LONEWATCH_PASSWORD")
        assert (await health.get("/healthz"))[0] == 0, "nothing answers for a bot that has ended"
    finally:
        await world.close()
        await proxy.stop()


async def _seen_logged_out(world: World, health: Watchdog) -> None:
    """Something is said, so that the sync comes back at once; then health shows it."""
    await world.amira.say(await world.amira.direct(), "board")
    body = await health.not_ready("logged out")
    assert not body["logged_in"], body
    metrics = await health.metrics()
    assert metrics["lonewatch_logged_in"] == 0 and metrics["lonewatch_ready"] == 0, metrics


async def _ends(bot: Bot, *words: str) -> None:
    child = bot.child
    assert child
    await _until(lambda: not child.alive, f"it ends:\n{bot.tail()}", within=60)
    assert child.process.returncode == 1, child.process.returncode
    last = bot.tail(5)
    missing = [each for each in words if each not in last]
    assert not missing, f"{missing} not in:\n{last}"
    bot.child = None
