"""What scripts/test runs where cargo-deny is not installed: licences, sources and duplicate versions of every crate.

The lists are those of `deny.toml`, which this reads.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Returns 0 when every licence, every source and every duplicate version is allowed."""
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    packages = _packages()
    problems = [line for package in packages for line in _problems(package, rules)]
    problems += _duplicates(packages, set(rules["bans"].get("skip", [])))
    for line in problems:
        print(f"not allowed: {line}", file=sys.stderr)
    print(f"{len(packages)} crates, {len(problems)} problems")
    return 1 if problems else 0


def _packages() -> list[dict[str, Any]]:
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    found = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return list(json.loads(found.stdout)["packages"])


def _problems(package: dict[str, Any], rules: dict[str, Any]) -> list[str]:
    name = f"{package['name']} {package['version']}"
    found = []
    if not _licence_allowed(package, rules["licenses"]):
        found.append(f"{name}: licence {package['license']}")
    if not _source_allowed(package["source"]):
        found.append(f"{name}: source {package['source']}")
    return found


def _source_allowed(source: str | None) -> bool:
    """The project's own crates, or the public registry; nothing from git."""
    return source is None or (source.startswith("registry+") and source.endswith("/crates.io-index"))


def _licence_allowed(package: dict[str, Any], rules: dict[str, Any]) -> bool:
    allowed = set(rules["allow"])
    for exception in rules.get("exceptions", []):
        if exception["crate"] == package["name"]:
            allowed |= set(exception["allow"])
    return bool(package["license"]) and satisfied(package["license"], allowed)


def satisfied(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression (also the old `A/B`) can be fulfilled with `allowed` alone."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either() -> bool:
        value = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = both() or value
        return value

    def both() -> bool:
        value = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = one() and value
        return value

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            value = either()
            tokens.pop(0)
            return value
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            token = f"{token} WITH {tokens.pop(0)}"
        return token in allowed

    return either()


def _duplicates(packages: list[dict[str, Any]], known: set[str]) -> list[str]:
    """Crates that are there in several versions, without those that deny.toml knows of (`bans.skip`)."""
    versions: dict[str, set[str]] = defaultdict(set)
    for package in packages:
        version = package["version"].split("+")[0]
        if f"{package['name']}@{version}" not in known:
            versions[package["name"]].add(version)
    return [
        f"{name}: several versions, {', '.join(sorted(several))}; see bans.skip in deny.toml"
        for name, several in sorted(versions.items())
        if len(several) > 1
    ]


if __name__ == "__main__":
    sys.exit(main())
