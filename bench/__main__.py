"""``python -m bench``: the tables of docs/quality.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
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

ALONE = ("fuzz", "learn", "page")
"""Parts that are run only where they are named."""


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
    parts = _parts(arguments)
    every = [name for name in parts if name not in ALONE]
    for number, name in enumerate(every if arguments.what == "all" else [arguments.what]):
        if number:
            print()
        for line in parts[name]():
            print(line, flush=True)


def _parts(arguments: argparse.Namespace) -> Mapping[str, Callable[[], Iterable[str]]]:
    """What each part prints, line by line, in their order."""
    # Where everything is run, an annotation that is given is one of mentions.
    own = [] if arguments.what == "all" else arguments.gold
    text = next(iter(arguments.text), None)
    return {
        "mentions": lambda: mentions.run(arguments.gold, text, arguments.mistakes),
        "units": lambda: units.run(next(iter(own), None), arguments.text, arguments.mistakes),
        "news": lambda: news.run(own, arguments.mistakes),
        "fuzz": lambda: fuzz.run(arguments.count),
        "learn": lambda: learn.run(arguments.write),
        "speed": speed.run,
        "search": search.run,
        "indexes": lambda: indexes.run(arguments.full),
        "encoders": encoders.run,
        "analyses": analyses.run,
        "incremental": incremental.run,
        "scale": scale.run,
        "performance": lambda: measuring.run(*options.read(arguments)),
        "page": page.run,
    }


if __name__ == "__main__":
    main()
