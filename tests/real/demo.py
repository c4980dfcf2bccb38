"""`scripts/demo`: a real homeserver, the bot, a day played by real clients, then yours to try."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from bot import ROOT, binary
from checks import every_screen
from day import Day
from homeserver import Homeserver
from processes import end_on_signals, free_port, port_is_free, stop_all
from roster import BOT_PASSWORD, RESPONDERS, TEAM
from transcript import Transcript
from world import World

PORT = 8008


def main() -> int:
    """Returns 0 when every person received what they should have, and nobody anything else."""
    options = _options()
    end_on_signals()
    folder = _fresh_folder()
    code = 1
    try:
        asyncio.run(_demo(options, folder))
        code = 0
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        code = 130
    except AssertionError as failed:
        print(f"\nFAILED: {failed}\nEverything is kept in {_shown(folder)}", file=sys.stderr)
    finally:
        stop_all()
        if code in (0, 130):
            shutil.rmtree(folder, ignore_errors=True)
    return code


async def _demo(options: argparse.Namespace, folder: Path) -> None:
    began = time.monotonic()
    port = PORT if port_is_free(PORT) else free_port()
    homeserver = Homeserver(folder / "synapse", port)
    print(f"starting Synapse on {homeserver.url}", flush=True)
    homeserver.start()
    world = World(homeserver, folder)
    try:
        await world.people_arrive()
        if not options.no_bot:
            await _play(world)
            print(f"\nAll as it should be ({time.monotonic() - began:.0f} s).", flush=True)
    except AssertionError:
        if world.bot:
            print(f"\nthe bot's last lines:\n{world.bot.tail()}", file=sys.stderr)
        raise
    except RuntimeError as broken:
        raise AssertionError(str(broken)) from broken
    finally:
        await asyncio.gather(*(p.log_out() for p in world.people.values()))
    if not options.once:
        await _stay_up(world, options)


async def _play(world: World) -> None:
    transcript = Transcript()
    for person in world.people.values():
        transcript.watch(person)
    transcript.heading("The bot arrives, joins its rooms and introduces itself")
    await world.bot_arrives()
    await Day(world, transcript).play()
    every_screen(world.people.values())


async def _stay_up(world: World, options: argparse.Namespace) -> None:
    """Prints how to log in, and waits for Ctrl-C."""
    print(f"\nThe homeserver stays up: {world.homeserver.url}")
    print("Log in with Element or any Matrix client (as homeserver give that address):")
    for member in TEAM:
        print(f"  {member.id:<7} password {member.password:<12} {member.name}, {', '.join(member.roles)}")
    print(f"Rooms: #north:localhost (all), #north-managers:localhost ({', '.join(RESPONDERS)})")
    if options.no_bot:
        print("The bot does not run. Start it with the example configuration:")
        print(f"  LONEWATCH_PASSWORD={BOT_PASSWORD} {_shown(binary())} run --config bot-config.example.toml")
    elif world.bot:
        print(f"The bot runs with {_shown(world.bot.config)}, and writes to {_shown(world.bot.log)}")
    print("Ctrl-C ends everything.", flush=True)
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, done.set)
    await done.wait()
    print("\nstopping", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the day; exit 0 if all held")
    parser.add_argument(
        "--no-bot", action="store_true", help="only the homeserver with its people and rooms"
    )
    return parser.parse_args()


def _fresh_folder() -> Path:
    """A folder of this run's own; those of runs that have ended are removed."""
    home = ROOT / ".demo"
    home.mkdir(exist_ok=True)
    for old in home.iterdir():
        if old.name.isdigit() and not Path(f"/proc/{old.name}").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = home / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
