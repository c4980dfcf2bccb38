"""Known advisories about the dependencies, from the public advisory database, where it can be reached.

With cargo-deny or cargo-audit these do it. Without them this compares `Cargo.lock` with the database itself. Where the
database cannot be reached it says so and that is no failure: a check that could not be made is not a check that passed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "https://github.com/RustSec/advisory-db"
KEPT = ROOT / "target" / "advisory-db"
PATIENCE = 60  # seconds
Version = tuple[int, int, int]


def main() -> int:
    """Returns 1 where a dependency has an advisory that is not listed in deny.toml."""
    if shutil.which("cargo-deny"):
        return subprocess.run(["cargo", "deny", "--locked", "check", "advisories"], cwd=ROOT).returncode
    if not _fetch():
        print(f"NOT CHECKED: known advisories; {DATABASE} cannot be reached from here")
        return 0
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    accepted = {entry["id"] for entry in rules.get("advisories", {}).get("ignore", [])}
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    found = []
    for package in locked:
        for file in sorted((KEPT / "crates" / package["name"]).glob("*.md")):
            advisory = _read(file)
            if concerns(advisory, package["version"]) and advisory["advisory"]["id"] not in accepted:
                found.append(f"{advisory['advisory']['id']}: {package['name']} {package['version']}")
    for line in found:
        print(f"advisory: {line}", file=sys.stderr)
    print(f"{len(locked)} crates, {len(found)} advisories")
    return 1 if found else 0


def _fetch() -> bool:
    """A fresh copy of the database, or one of an earlier run brought up to date."""
    if KEPT.exists():
        command = ["git", "-C", str(KEPT), "pull", "--quiet", "--ff-only"]
    else:
        command = ["git", "clone", "--quiet", "--depth", "1", DATABASE, str(KEPT)]
    try:
        done = subprocess.run(
            command,
            timeout=PATIENCE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _read(file: Path) -> dict[str, dict[str, object]]:
    """The TOML at the head of an advisory."""
    head = re.search(r"```toml\n(.*?)```", file.read_text(), re.DOTALL)
    return tomllib.loads(head.group(1)) if head else {"advisory": {"id": file.stem, "withdrawn": True}}


def concerns(advisory: dict[str, dict[str, object]], version: str) -> bool:
    """Whether this version is neither patched nor unaffected, and the advisory stands and is about a weakness."""
    about = advisory["advisory"]
    if about.get("withdrawn") or about.get("informational"):
        return False
    versions = advisory.get("versions", {})
    safe = [*_list(versions.get("patched")), *_list(versions.get("unaffected"))]
    return not any(satisfies(version, wanted) for wanted in safe)


def _list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def satisfies(version: str, wanted: str) -> bool:
    """`1.2.3` and `>= 1.2, < 2`, `^1.2`, `~1.2`, `= 1.2.3`."""
    return all(_one(_parse(version), part.strip()) for part in wanted.split(",") if part.strip())


def _one(version: Version, wanted: str) -> bool:
    match = re.fullmatch(r"(>=|<=|>|<|=|\^|~)?\s*(\S+)", wanted)
    if not match:
        return False
    sign, bound = match.group(1) or "^", _parse(match.group(2))
    match sign:
        case ">=":
            return version >= bound
        case "<=":
            return version <= bound
        case ">":
            return version > bound
        case "<":
            return version < bound
        case "=":
            return version == bound
        case "~":
            return version >= bound and version[:2] == bound[:2]
    major, minor, _ = bound
    same = 1 if major else 2 if minor else 3
    return version >= bound and version[:same] == bound[:same]


def _parse(version: str) -> Version:
    numbers = [int(part) for part in re.split(r"[-+]", version)[0].split(".") if part.isdigit()]
    major, minor, patch = (numbers + [0, 0, 0])[:3]
    return major, minor, patch


if __name__ == "__main__":
    sys.exit(main())
