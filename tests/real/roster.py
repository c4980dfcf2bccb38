"""The people of the demo and the tests, and the configuration that tells the bot about them.

All telephone numbers come from the ranges kept free for fiction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

BOT_PASSWORD = "lonewatch-demo"


@dataclass(frozen=True)
class Member:
    """One person of the team."""

    id: str
    name: str
    roles: list[str]
    phone: str
    more: dict[str, str | bool] = field(default_factory=dict)

    @property
    def password(self) -> str:
        """The password of the demo's account."""
        return f"{self.id}-demo"

    @property
    def responds(self) -> bool:
        """Whether the managers' room is this person's place."""
        return any(role != "worker" for role in self.roles)


AMIRA = Member(
    "amira",
    "Amira Khan",
    ["worker"],
    "07700 900101",
    {
        "buddy": "ben",
        "manager": "carol",
        "landline": "01632 960101",
        "address": "1 Example Lane",
        "vehicle": "blue Corsa, AB12 CDE",
        "next_of_kin": "Sam Khan, 07700 900199",
        "lives_alone": True,
    },
)
BEN = Member(
    "ben",
    "Ben Ward",
    ["worker"],
    "07700 900102",
    {
        "manager": "carol",
        "vehicle": "red Polo, EF34 GHI",
        "next_of_kin": "Ada Ward, 07700 900198",
        "lives_alone": False,
    },
)
DAN = Member("dan", "Dan Price", ["duty_officer"], "07700 900103")
CAROL = Member("carol", "Carol Hughes", ["manager"], "07700 900104")
HANA = Member("hana", "Hana Reid", ["head_of_service"], "07700 900105")
DIANA = Member("diana", "Diana Shaw", ["director"], "07700 900106")
SAM = Member("sam", "Sam Okoro", ["senior_manager"], "07700 900107")
TEAM = [AMIRA, BEN, DAN, CAROL, HANA, DIANA, SAM]
RESPONDERS = [member.id for member in TEAM if member.responds]


def write_config(path: Path, homeserver: str, store_url: str, data_dir: Path, policy: Path) -> Path:
    """Writes a bot configuration for the team North. The password comes by `LONEWATCH_PASSWORD`."""
    lines = [
        "[matrix]",
        f'homeserver = "{homeserver}"',
        'user = "@lonewatch:localhost"',
        f'data_dir = "{data_dir}"',
        "",
        "[store]",
        f'url = "{store_url}"',
        "",
        "[[team]]",
        'name = "North"',
        f'policy = "{policy}"',
        'timezone = "Europe/London"',
        'room = "#north:localhost"',
        'managers_room = "#north-managers:localhost"',
    ]
    for member in TEAM:
        lines += ["", "[[team.person]]", *_person(member)]
    path.write_text("\n".join(lines) + "\n")
    return path


def _person(member: Member) -> list[str]:
    roles = ", ".join(f'"{role}"' for role in member.roles)
    lines = [
        f'id = "{member.id}"',
        f'name = "{member.name}"',
        f'matrix = "@{member.id}:localhost"',
        f"roles = [{roles}]",
        f'phone = "{member.phone}"',
    ]
    for key, value in member.more.items():
        lines.append(f"{key} = {str(value).lower()}" if isinstance(value, bool) else f'{key} = "{value}"')
    return lines
