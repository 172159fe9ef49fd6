"""``python -m bench``: the tables of docs/quality.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import fuzz, mentions, speed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["all", "mentions", "speed", "fuzz"], default="all")
    parser.add_argument(
        "--gold", type=Path, action="append", default=[], help="an annotated file (else our own)"
    )
    parser.add_argument("--text", type=Path, help="the plan that a JSON annotation annotates")
    parser.add_argument("--mistakes", action="store_true", help="list every name missed or found wrongly")
    parser.add_argument("--count", type=int, default=10_000, help="mutated documents for fuzz")
    arguments = parser.parse_args()
    if arguments.what in ("all", "mentions"):
        for line in mentions.run(arguments.gold, arguments.text, arguments.mistakes):
            print(line, flush=True)
    if arguments.what == "fuzz":
        for line in fuzz.run(arguments.count):
            print(line, flush=True)
    if arguments.what in ("all", "speed"):
        print()
        for line in speed.run():
            print(line, flush=True)


if __name__ == "__main__":
    main()
