"""One person with a real, encrypting Matrix client that shares no code with the bot (matrix-nio).

`screen` is everything that this person's account received, in the order in which it could be
read; what the board was edited to stands apart, in `board`, and so does the fallback sheet, in `sheet`. Waiting is done on a condition that every arrival notifies, never by sleeping.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import aiohttp
import nio
from nio.crypto.attachments import decrypt_attachment

from screen import BOT, NotSeen, Seen, Want, fits, local, offer_beside

OUTBOX = "org.lonewatch.outbox"
FILTER = {"room": {"timeline": {"limit": 100}}}
# A first message to a new device is news for nio's log, not for whoever reads a test.
logging.getLogger("nio").setLevel(logging.CRITICAL)


class Person:
    """A logged-in person with a device and a key store of their own."""

    def __init__(self, url: str, name: str, password: str, folder: Path, places: dict[str, str]) -> None:
        """`places` names the known rooms by id; any other room is a `direct` chat."""
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.password = password
        self.places = places
        self.screen: list[Seen] = []
        self.board: list[Seen] = []  # each edit of the board, the newest last
        self.sheet: list[Seen] = []  # the fallback sheet and each edit of it, the newest last
        self.pinned: dict[str, list[str]] = {}  # by room
        self.locked: dict[str, nio.MegolmEvent] = {}
        self.on_seen: Callable[[Person, Seen], None] | None = None
        self.ignores: set[str] = set()  # whose invitations are left unanswered
        self._early_offers: dict[str, list[str]] = {}
        self._shown: set[str | None] = set()
        self._changed = asyncio.Condition()
        self._keys = asyncio.Lock()
        self._sync: asyncio.Task[None] | None = None
        config = nio.AsyncClientConfig(
            encryption_enabled=True, store_sync_tokens=False, max_timeout_retry_wait_time=1
        )
        self.client = nio.AsyncClient(
            url, f"@{name}:localhost", store_path=str(folder), config=config
        )

    # --- Coming and going -------------------------------------------------------------------

    async def log_in(self) -> "Person":
        """Logs in, publishes the device's keys and goes on syncing until `log_out`."""
        answer = await self.client.login(self.password, device_name=f"{self.name}'s phone")
        assert isinstance(answer, nio.LoginResponse), answer
        self.client.add_event_callback(self._on_event, None)
        self.client.add_response_callback(self._on_sync, nio.SyncResponse)
        await self.client.sync(sync_filter=FILTER)
        self._sync = asyncio.create_task(self._go_on_syncing())
        return self

    async def log_out(self) -> None:
        """Stops syncing and closes the client."""
        if self._sync:
            self._sync.cancel()
            await asyncio.gather(self._sync, return_exceptions=True)
            self._sync = None
        await self.client.close()

    async def _go_on_syncing(self) -> None:
        """nio's `sync_forever` asks for keys by itself and raises if `_send` has asked meanwhile."""
        try:
            while True:
                await self._keep_keys()
                try:
                    answer = await self.client.sync(timeout=30_000, sync_filter=FILTER)
                except aiohttp.ClientPayloadError:
                    continue  # a homeserver that stopped in the middle of its answer
                await self.client.run_response_callbacks([answer])
        finally:
            async with self._changed:
                self._changed.notify_all()

    async def _keep_keys(self) -> None:
        """What nio wants to do between two syncs, one caller at a time."""
        async with self._keys:
            await self.client.send_to_device_messages()
            if self.client.should_upload_keys:
                await self.client.keys_upload()
            if self.client.should_query_keys:
                await self.client.keys_query()
                async with self._changed:
                    self._changed.notify_all()
            if self.client.should_claim_keys:
                await self.client.keys_claim(self.client.get_users_for_key_claiming())

    # --- Speaking ---------------------------------------------------------------------------

    async def say(self, room_id: str, text: str, **relation: Any) -> str:
        """Sends a text. `relation` becomes `m.relates_to`. Returns the event's id."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        if relation:
            content["m.relates_to"] = relation
        return await self._send(room_id, "m.room.message", content)

    async def reply(self, to: Seen, text: str) -> str:
        """Answers a message."""
        return await self.say(to.room_id, text, **{"m.in_reply_to": {"event_id": to.event_id}})

    async def say_in_thread(self, root: Seen, text: str) -> str:
        """Says something in the thread below `root`."""
        fallback = {"is_falling_back": True, "m.in_reply_to": {"event_id": root.event_id}}
        return await self.say(root.room_id, text, rel_type="m.thread", event_id=root.event_id, **fallback)

    async def edit(self, room_id: str, event_id: str, text: str) -> str:
        """Replaces one's own message."""
        content = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        return await self._send(room_id, "m.room.message", content)

    async def react(self, to: Seen, key: str) -> str:
        """Taps a reaction."""
        relation = {"rel_type": "m.annotation", "event_id": to.event_id, "key": key}
        return await self._send(to.room_id, "m.reaction", {"m.relates_to": relation})

    async def tap(self, on: Seen, words: str, within: float = 10.0) -> str:
        """Taps the reaction that `on` offers beside these words. Returns the reaction's id."""
        await self._until(lambda: offer_beside(on, words), within, f"an offer of '{words}' on {on}")
        key = offer_beside(on, words)
        assert key
        return await self.react(on, key)

    async def accepts(self, sender: str) -> None:
        """Accepts the invitations of somebody who was ignored before."""
        self.ignores.discard(sender)
        rooms = self.client.invited_rooms.values()
        for room_id in [room.room_id for room in rooms if room.inviter == sender]:
            await self.client.join(room_id)

    async def has_read(self, seen: Seen) -> None:
        """Leaves a read receipt."""
        answer = await self.client.update_receipt_marker(seen.room_id, seen.event_id)
        assert isinstance(answer, nio.UpdateReceiptMarkerResponse), answer

    async def redact(self, room_id: str, event_id: str) -> None:
        """Deletes a message or takes a reaction away."""
        answer = await self.client.room_redact(room_id, event_id)
        assert isinstance(answer, nio.RoomRedactResponse), answer

    async def _send(self, room_id: str, kind: str, content: dict[str, Any]) -> str:
        await self.is_in(room_id)
        await self._keep_keys()
        answer = await self.client.room_send(
            room_id, kind, content, ignore_unverified_devices=True
        )
        assert isinstance(answer, nio.RoomSendResponse), answer
        return answer.event_id

    # --- Waiting ----------------------------------------------------------------------------

    async def sees(
        self,
        want: Want,
        within: float = 20.0,
        place: str | None = None,
        after: int = 0,
        sender: str | None = BOT,
    ) -> Seen:
        """Waits for a message that matches a glob or a predicate, from `screen[after]` on."""

        def first() -> Seen | None:
            return next(iter(self.all(want, place, after, sender)), None)

        where = f" in {place}" if place else ""
        await self._until(first, within, f"{want!r}{where}", after)
        found = first()
        assert found
        return found

    async def gets_answer(self, event_id: str, want: Want = "*", within: float = 20.0) -> Seen:
        """Waits for the bot's reply to what this person sent."""
        seen = await self.sees(lambda s: s.reply_to == event_id, within)
        if not fits(want, seen):
            raise NotSeen(f"{self.name}: wanted {want!r}, the answer was: {seen}")
        return seen

    async def opens(self, seen: Seen) -> str:
        """Downloads and decrypts a file that came with a message."""
        assert seen.file, f"no encrypted file: {seen}"
        where = seen.file["url"].removeprefix("mxc://")
        url = f"{self.client.homeserver}/_matrix/client/v1/media/download/{where}"
        token = {"Authorization": f"Bearer {self.client.access_token}"}
        async with aiohttp.ClientSession() as session, session.get(url, headers=token) as answer:
            assert answer.status == 200, f"{answer.status}: {await answer.text()}"
            secret = await answer.read()
        key, file_hash = seen.file["key"]["k"], seen.file["hashes"]["sha256"]
        plain: bytes = decrypt_attachment(secret, key, file_hash, seen.file["iv"])
        return plain.decode()

    async def reads_on_the_board(self, want: Want, within: float = 20.0) -> Seen:
        """Waits until the board, as it stands now, says this. Returns its newest edit."""

        def stands() -> bool:
            return bool(self.board) and fits(want, self.board[-1])

        await self._until(stands, within, f"{want!r} on the board: {self.board[-1:]}")
        return self.board[-1]

    async def has_pinned(self, room_id: str, event_ids: list[str], within: float = 20.0) -> None:
        """Waits until these events are pinned in a room, and no others."""

        def pinned() -> bool:
            return self.pinned.get(room_id) == event_ids

        await self._until(pinned, within, f"{event_ids} pinned, but {self.pinned.get(room_id)}")

    def all(
        self, want: Want = "*", place: str | None = None, after: int = 0, sender: str | None = BOT
    ) -> list[Seen]:
        """What is on the screen now and matches."""
        return [
            seen
            for seen in self.screen[after:]
            if (sender is None or seen.sender == sender)
            and (place is None or seen.place == place)
            and fits(want, seen)
        ]

    def answers(self, event_id: str) -> list[Seen]:
        """The bot's replies to an event, edits of them left out."""
        return [s for s in self.all() if s.reply_to == event_id and not s.edits]

    async def is_in(self, room_id: str, within: float = 20.0) -> None:
        """Waits until this person has joined the room."""
        await self._until(lambda: room_id in self.client.rooms, within, f"to be in {room_id}")

    async def meets(self, room_id: str, user_id: str, within: float = 60.0) -> None:
        """Waits until somebody has joined a room in which this person is."""

        def is_there() -> bool:
            room = self.client.rooms.get(room_id)
            return bool(room) and user_id in room.users and user_id not in room.invited_users

        await self._until(is_there, within, f"{user_id} in {self.places.get(room_id, room_id)}")

    async def knows_devices(self, user_id: str, how_many: int, within: float = 60.0) -> None:
        """Waits until this person's client writes for so many devices of somebody's."""

        def known() -> bool:
            return len(list(self.client.device_store.active_user_devices(user_id))) >= how_many

        await self._until(known, within, f"{how_many} devices of {user_id}")

    async def direct(self, other: str = f"@{BOT}:localhost", within: float = 60.0) -> str:
        """Waits for the direct chat with the bot (or somebody else). Returns its room id."""

        def find() -> str | None:
            for room_id, room in self.client.rooms.items():
                both = {self.client.user_id, other}
                if room_id not in self.places and set(room.users) == both:
                    return room_id
            return None

        await self._until(find, within, f"a direct chat with {other}")
        found = find()
        assert found
        return found

    async def _until(
        self, test: Callable[[], Any], within: float, what: str, after: int = 0
    ) -> None:
        def done() -> bool:
            return bool(test()) or self._sync is None or self._sync.done()

        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(done), within)
            except (asyncio.TimeoutError, TimeoutError):
                shown = "\n  ".join(map(str, self.screen[after:][-12:])) or "(nothing)"
                raise NotSeen(
                    f"{self.name} did not see {what} within {within:.0f} s; on the screen:\n  "
                    f"{shown}\n  unreadable: {len(self.locked)}"
                ) from None
        if not test():
            raise NotSeen(f"{self.name} is no longer connected; wanted {what}: {self._sync}")

    # --- Receiving --------------------------------------------------------------------------

    async def _on_event(self, room: nio.MatrixRoom, event: Any) -> None:
        if isinstance(event, nio.InviteMemberEvent):
            invited = event.state_key == self.client.user_id and event.membership == "invite"
            if invited and event.sender not in self.ignores:
                await self.client.join(room.room_id)
        elif isinstance(event, nio.MegolmEvent):
            self.locked[event.event_id] = event
        else:
            self._show(room.room_id, event)

    async def _on_sync(self, _response: nio.SyncResponse) -> None:
        self._unlock()
        async with self._changed:
            self._changed.notify_all()

    def _unlock(self) -> None:
        """Keys may come later than the message: what could not be read is tried again."""
        for event_id, event in list(self.locked.items()):
            try:
                readable = self.client.decrypt_event(event)
            except nio.EncryptionError:
                continue
            del self.locked[event_id]
            self._show(event.room_id, readable)

    def _show(self, room_id: str, event: Any) -> None:
        # Whoever comes back into a room is handed again what was said there: no client shows an event twice.
        source = getattr(event, "source", {})
        if (event_id := source.get("event_id")) in self._shown:
            return
        self._shown.add(event_id)
        content = source.get("content", {})
        relation = content.get("m.relates_to") or {}
        kind = source.get("type")
        if kind == "m.room.message" and "body" in content:
            seen = self._read(room_id, event, content, relation)
            if seen.by_bot and seen.body.startswith("FALLBACK SHEET"):
                self.sheet.append(seen)
                return
            if seen.by_bot and seen.edits:
                self.board.append(seen)
                return
            self.screen.append(seen)
            if self.on_seen:
                self.on_seen(self, seen)
        elif kind == "m.reaction" and local(event.sender) == BOT:
            self._offer(str(relation.get("event_id")), str(relation.get("key")))
        elif kind == "m.room.pinned_events":
            self.pinned[room_id] = list(content.get("pinned", []))
        elif kind == "m.room.redaction":
            gone = source.get("redacts") or content.get("redacts")
            for seen in self.screen:
                seen.redacted = seen.redacted or seen.event_id == gone

    def _offer(self, event_id: str, key: str) -> None:
        for seen in self.screen:
            if seen.event_id == event_id:
                seen.offers.append(key)
                return
        self._early_offers.setdefault(event_id, []).append(key)

    def _read(
        self, room_id: str, event: Any, content: dict[str, Any], relation: dict[str, Any]
    ) -> Seen:
        kind = relation.get("rel_type")
        answered = (relation.get("m.in_reply_to") or {}).get("event_id")
        falls_back = kind == "m.thread" and relation.get("is_falling_back", False)
        shown = content.get("m.new_content", content) if kind == "m.replace" else content
        pings = content.get("m.mentions") or {}
        return Seen(
            room_id=room_id,
            place=self.places.get(room_id, "direct"),
            event_id=event.event_id,
            sender=local(event.sender),
            body=str(shown.get("body", "")),
            msgtype=str(shown.get("msgtype", "")),
            at=datetime.fromtimestamp(event.server_timestamp / 1000, timezone.utc),
            encrypted=bool(event.decrypted),
            mentions=[local(u) for u in pings.get("user_ids", [])]
            + (["@room"] if pings.get("room") else []),
            thread=relation.get("event_id") if kind == "m.thread" else None,
            reply_to=None if falls_back else answered,
            edits=relation.get("event_id") if kind == "m.replace" else None,
            outbox=str(content[OUTBOX]) if OUTBOX in content else None,
            file=content.get("file"),
            offers=self._early_offers.pop(event.event_id, []),
        )
