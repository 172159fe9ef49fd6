"""Figures of whole plans: who carries how much when, what is due, what is said twice or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kg.analysis.network import Network
from kg.analysis.share import units_of
from kg.model import Item, Step, Target

NO_SECTION = ""
"""Stands for the items that name no responsible section."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one section carries: ``steps`` by month 1 to 12, a step of several months in each of them."""

    section: str
    items: int
    steps: tuple[int, ...]
    undated: int
    targets: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """One wording of steps that stands more than once."""

    text: str
    places: tuple[tuple[Item, Step], ...]


def load(network: Network) -> tuple[Load, ...]:
    """The load of every section, the fullest first; all units that lead or support an item carry it."""
    by_section: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(network.items):
        for name in units_of(item) or (NO_SECTION,):
            by_section[name].append(place)
    loads = [_load(name, items, network) for name, items in by_section.items()]
    return tuple(sorted(loads, key=lambda one: (-one.items, one.section)))


def _load(section: str, items: list[int], network: Network) -> Load:
    mine = np.isin(network.item_of, items)
    months = network.months[mine]
    return Load(
        section,
        len(items),
        tuple(int(((months >> month) & 1).sum()) for month in range(1, 13)),
        int((months == 0).sum()),
        int(np.isin(network.item_of_target, items).sum()),
    )


def due(network: Network) -> tuple[tuple[Item, Target], ...]:
    """All targets by their deadline, those without a month of their own last."""
    pairs = [
        (network.items[int(at)], t) for at, t in zip(network.item_of_target, network.targets, strict=True)
    ]
    return tuple(sorted(pairs, key=lambda pair: (pair[1].month or 13, pair[0].document, pair[0].no)))


def repeated(network: Network) -> tuple[Repeated, ...]:
    """Wordings that more than one step has, the most frequent first."""
    found: dict[str, list[tuple[Item, Step]]] = defaultdict(list)
    for at, step in zip(network.item_of.tolist(), network.steps, strict=True):
        found["".join(step.text.split())].append((network.items[at], step))
    several = [Repeated(places[0][1].text, tuple(places)) for places in found.values() if len(places) > 1]
    return tuple(sorted(several, key=lambda one: (-len(one.places), one.text)))


def gaps(network: Network) -> Mapping[str, tuple[int, ...]]:
    """By item id the months in which a dated item has no step, of items that have gaps."""
    found: dict[str, tuple[int, ...]] = {}
    bits = np.zeros(len(network.items), dtype=np.int16)
    np.bitwise_or.at(bits, network.item_of, network.months)
    for item, months in zip(network.items, bits.tolist(), strict=True):
        missing = tuple(month for month in range(1, 13) if not months >> month & 1)
        if months and missing:
            found[item.id] = missing
    return found
