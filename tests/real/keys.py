"""Room keys that are kept back: what is said with them cannot be read until they come."""

from __future__ import annotations

from typing import Any

import nio

from person import Person


class Withheld:
    """What this person says in a room from now on, until `stop`, is encrypted with a key that nobody gets before `hand_over`."""

    def __init__(self, person: Person, room_id: str) -> None:
        self._client = person.client
        self._room = room_id
        self._held: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        if room_id in person.client.rooms:
            person.client.invalidate_outbound_session(room_id)
        person.client._send = self._hold

    async def _hold(self, kind: type, *args: Any, **kwargs: Any) -> Any:
        """Keeps a key share instead of sending it."""
        if kind is not nio.ShareGroupSessionResponse:
            return await nio.AsyncClient._send(self._client, kind, *args, **kwargs)
        self._held.append(((kind, *args), kwargs))
        return nio.ShareGroupSessionResponse(*kwargs["response_data"])

    def stop(self) -> None:
        """What is said from now on can be read again."""
        del self._client._send
        self._client.invalidate_outbound_session(self._room)

    async def hand_over(self) -> None:
        """The keys come late."""
        assert self._held, "no key was kept back"
        for args, kwargs in self._held:
            await nio.AsyncClient._send(self._client, *args, **kwargs)
        self._held.clear()
