"""``python -m bench``: the tables of docs/quality.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import (
    analyses,
    encoders,
    fuzz,
    incremental,
    indexes,
    learn,
    mentions,
    news,
    page,
    scale,
    search,
    speed,
    units,
)
from bench.performance import measuring, options


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=[
            "all",
            "mentions",
            "units",
            "news",
            "speed",
            "search",
            "indexes",
            "encoders",
            "analyses",
            "scale",
            "incremental",
            "fuzz",
            "learn",
            "performance",
            "page",
        ],
        default="all",
    )
    parser.add_argument(
        "--gold", type=Path, action="append", default=[], help="an annotated file (else our own)"
    )
    parser.add_argument(
        "--text", type=Path, action="append", default=[], help="the plans that the annotation speaks of"
    )
    parser.add_argument("--mistakes", action="store_true", help="list every name missed or found wrongly")
    parser.add_argument("--count", type=int, default=10_000, help="mutated documents for fuzz")
    parser.add_argument("--full", action="store_true", help="indexes of a million rows too")
    parser.add_argument("--write", action="store_true", help="put what was learned into use")
    options.add_to(parser)
    arguments = parser.parse_args()
    # Where everything is run, an annotation that is given is one of mentions.
    own = [] if arguments.what == "all" else arguments.gold
    if arguments.what in ("all", "mentions"):
        for line in mentions.run(arguments.gold, next(iter(arguments.text), None), arguments.mistakes):
            print(line, flush=True)
    if arguments.what in ("all", "units"):
        print()
        for line in units.run(next(iter(own), None), arguments.text, arguments.mistakes):
            print(line, flush=True)
    if arguments.what in ("all", "news"):
        print()
        for line in news.run(own, arguments.mistakes):
            print(line, flush=True)
    if arguments.what == "fuzz":
        for line in fuzz.run(arguments.count):
            print(line, flush=True)
    if arguments.what == "learn":
        for line in learn.run(arguments.write):
            print(line, flush=True)
    if arguments.what in ("all", "speed"):
        print()
        for line in speed.run():
            print(line, flush=True)
    if arguments.what in ("all", "search"):
        print()
        for line in search.run():
            print(line, flush=True)
    if arguments.what in ("all", "indexes"):
        print()
        for line in indexes.run(arguments.full):
            print(line, flush=True)
    if arguments.what in ("all", "encoders"):
        print()
        for line in encoders.run():
            print(line, flush=True)
    if arguments.what in ("all", "analyses"):
        print()
        for line in analyses.run():
            print(line, flush=True)
    if arguments.what in ("all", "incremental"):
        print()
        for line in incremental.run():
            print(line, flush=True)
    if arguments.what in ("all", "scale"):
        print()
        for line in scale.run():
            print(line, flush=True)
    if arguments.what in ("all", "performance"):
        print()
        for line in measuring.run(*options.read(arguments)):
            print(line, flush=True)
    if arguments.what == "page":
        for line in page.run():
            print(line, flush=True)


if __name__ == "__main__":
    main()
