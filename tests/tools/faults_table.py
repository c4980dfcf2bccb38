"""Prints the table of what was broken on purpose, and what came of it.

usage: faults_table.py ROWS     ROWS: the file that LONEWATCH_TALLY named (see tests/real/tally.py)

Ends with 1 where something was lost, said twice, late, or shown to the wrong person.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

COUNTED = ["faults", "messages", "alarms", "lost", "doubled", "late", "other"]
WRONG = COUNTED[3:]
HEADS = {"faults": "faults injected", "other": "shown or needless"}


def table(rows: list[dict[str, Any]]) -> str:
    """A line for each test, in the order of the sections, and their sum."""
    rows = sorted(rows, key=lambda row: row["section"])
    whole = {what: sum(row[what] for row in rows) for what in COUNTED}
    heads = ["", *(HEADS.get(what, what) for what in COUNTED)]
    body = [[f"{row['section']}: {row['row']}", *(str(row[what]) for what in COUNTED)] for row in rows]
    body.append(["all", *(str(whole[what]) for what in COUNTED)])
    wide = [max(len(line[i]) for line in [heads, *body]) for i in range(len(heads))]
    written = []
    for line in [heads, *body]:
        first, *numbers = (text.ljust(n) if i == 0 else text.rjust(n) for i, (text, n) in enumerate(zip(line, wide)))
        written.append("  ".join([first, *numbers]))
    rule = "-" * len(written[0])
    return "\n".join([written[0], rule, *written[1:-1], rule, written[-1]])


def main(file: Path) -> int:
    """Prints it; 1 where anything is wrong, or nothing was counted."""
    lines = file.read_text().splitlines() if file.exists() else []
    rows = [json.loads(line) for line in lines]
    if not rows:
        print("nothing was counted")
        return 1
    print(table(rows))
    return int(any(row[what] for row in rows for what in WRONG))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
