"""How a run is asked for on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.performance.inputs import Options

_STANDARD = Options()
_UNITS = {"k": 1_000, "M": 1_000_000}


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of ``performance``."""
    group = parser.add_argument_group("performance")
    group.add_argument(
        "--sizes",
        type=steps,
        nargs="+",
        default=_STANDARD.sizes,
        metavar="N",
        help="steps, as 319, 10k or 1M",
    )
    group.add_argument(
        "--rounds",
        type=int,
        default=_STANDARD.rounds,
        help="of what is compared in turn; large builds have one",
    )
    group.add_argument("--questions", type=int, default=_STANDARD.questions, help="asked of every contender")
    group.add_argument("--seconds", type=float, default=_STANDARD.seconds, help="of each load on the server")
    group.add_argument("--folder", type=Path, help="keep plans and workspaces here")


def read(arguments: argparse.Namespace) -> tuple[Options, Path | None]:
    """The options, and where things are kept."""
    folder = arguments.folder.resolve() if arguments.folder else None
    chosen = arguments.sizes, arguments.rounds, arguments.questions, arguments.seconds
    return Options(*chosen), folder


def steps(text: str) -> int:
    """``10k`` → 10000. Raises :class:`argparse.ArgumentTypeError`."""
    number, unit = (text[:-1], _UNITS[text[-1]]) if text[-1:] in _UNITS else (text, 1)
    if not number.isdecimal() or not int(number):
        raise argparse.ArgumentTypeError(f"{text} is no number of steps, such as 319, 10k or 1M")
    return int(number) * unit
