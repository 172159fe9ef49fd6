"""The charts of docs/performance.md, as SVG: the same result gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.performance.contenders import OURS
from bench.performance.timing import Spread
from bench.performance.wanted import batch_floor

Result = Mapping[str, Any]
_COLOURS = ("#0b6e99", "#d9730d", "#9f6b53", "#448361", "#9065b0", "#c14c8a", "#787774", "#cb912f")
_WIDTH, _HEIGHT = 7.2, 3.8
_MEGA = 1e6


def write_charts(result: Result, folder: Path) -> dict[str, Path]:
    """Title and file of every chart, in the order of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, (title, draw) in _CHARTS.items():
        written[title] = folder / f"performance-{name}.svg"
        _write(written[title], title, draw, result)
    return written


def _write(path: Path, title: str, draw: Callable[[Any, Result], None], result: Result) -> None:
    import matplotlib  # type: ignore[import-not-found, unused-ignore]

    matplotlib.use("svg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "workplan-kg", "svg.fonttype": "none", "font.size": 9}):
        figure, axes = pyplot.subplots(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        draw(axes, result)
        axes.set_title(title, loc="left", fontweight="bold")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e5e5e5", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)


def _questions(axes: Any, result: Result) -> None:
    """A line for each contender, over the sizes at which it was measured."""
    sizes = result["sizes"]
    for place, name in enumerate(_names(sizes, "asking")):
        known = [s for s in sizes if name in s["asking"]["seconds"]]
        medians = [1000 * Spread.of(s["asking"]["seconds"][name]).median for s in known]
        axes.plot([s["steps"] for s in known], medians, "o-", color=_colour(place), label=name)
    axes.set(xscale="log", yscale="log", xlabel="steps", ylabel="ms")


def _building(axes: Any, result: Result) -> None:
    """Bars at each size at which plain texts were built by this project."""
    sizes = [size for size in result["sizes"] if OURS in size["building"]["seconds"]]
    groups = {
        name: [_against_ours(size["building"]["seconds"], name) for size in sizes]
        for name in _names(sizes, "building")
    }
    _bars(axes, [f"{size['steps']:,}" for size in sizes], groups)
    axes.set(yscale="log", xlabel="steps", ylabel="× this project")


def _against_ours(told: Mapping[str, Sequence[float]], name: str) -> float:
    if name not in told:
        return 0.0
    return Spread.of(told[name]).median / Spread.of(told[OURS]).median


def _http(axes: Any, result: Result) -> None:
    sizes = result["sizes"]
    groups = {
        f"{clients} clients": [Spread.of(size["http"]["clients"][clients]["rate"]).median for size in sizes]
        for clients in sizes[0]["http"]["clients"]
    }
    groups["bare encoding"] = [
        Spread.of(size["http"]["bare"][batch_floor(size["http"])]).median for size in sizes
    ]
    _bars(axes, [f"{size['steps']:,}" for size in sizes], groups)
    axes.set(xlabel="steps", ylabel="questions a second")


def _memory(axes: Any, result: Result) -> None:
    sizes, groups = result["sizes"], dict[str, list[float]]()
    for name in _names(sizes, "asking"):
        told = [size["asking"]["memory"].get(name, {"anonymous": 0}) for size in sizes]
        groups[name] = [held["anonymous"] / _MEGA for held in told]
    groups["kg serve"] = [size["http"]["memory"]["anonymous"] / _MEGA for size in sizes]
    _bars(axes, [f"{size['steps']:,}" for size in sizes], groups)
    axes.set(xlabel="steps", ylabel="MB")


def _bars(axes: Any, labels: Sequence[str], groups: Mapping[str, Sequence[float]]) -> None:
    width = 0.8 / max(len(groups), 1)
    for place, (name, values) in enumerate(groups.items()):
        across = [at + (place - (len(groups) - 1) / 2) * width for at in range(len(labels))]
        axes.bar(across, values, width, color=_colour(place), label=name)
    axes.set_xticks(range(len(labels)), labels)


def _names(sizes: Sequence[Result], what: str) -> list[str]:
    told = [name for size in sizes for name in size[what]["seconds"]]
    return list(dict.fromkeys(told))


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


_CHARTS: Mapping[str, tuple[str, Callable[[Any, Result], None]]] = {
    "questions": ("Median time of a question", _questions),
    "building": ("Building, as multiples of encoding and indexing by this project", _building),
    "http": ("Questions a second over HTTP", _http),
    "memory": ("Memory beyond mapped files after the questions", _memory),
}
