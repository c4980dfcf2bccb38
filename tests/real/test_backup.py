"""A copy of the database, made while the bot runs: it goes on from it when the database is lost."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from bot import Bot, binary
from homeserver import Homeserver
from world import World


def test_it_goes_on_from_a_copy(homeserver: Homeserver, tmp_path: Path) -> None:
    asyncio.run(_goes_on(World(homeserver, tmp_path)))


def _run(bot: Bot, *args: str) -> str:
    command = [str(binary()), args[0], "--config", str(bot.config), *args[1:]]
    done = subprocess.run(command, capture_output=True, text=True, cwd=bot.config.parent, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def _goes_on(world: World) -> None:
    await world.people_arrive()
    try:
        bot = await world.bot_arrives()
        amira, dan = world.amira, world.dan
        chat = await amira.direct()
        await amira.gets_answer(await amira.say(chat, "visit LCS1234 AB for 2h"))
        copy = world.folder / "copies" / "lonewatch.db"
        _run(bot, "backup", "--to", str(copy))
        # After the copy: this is lost with the database, and still stands in the room.
        await amira.gets_answer(await amira.say(chat, "extend 20m"))
        bot.kill()
        for part in ("", "-wal", "-shm"):
            (bot.config.parent / f"lonewatch.db{part}").unlink(missing_ok=True)
        _run(bot, "restore", "--from", str(copy))
        await bot.start()
        sos = await amira.say(chat, "/sos he has locked the door")
        await amira.gets_answer(sos)
        # Under the old numbers the homeserver would take this page for one that it knows.
        await dan.sees("*CALL FOR HELP*Amira*", place="direct")
        mine = await amira.gets_answer(await amira.say(chat, "/mine"))
        assert "LCS1234" in mine.body, f"the visit is gone: {mine}"
        log = bot.log.read_text()
        assert " ERROR " not in log, bot.tail()
    finally:
        await world.close()
