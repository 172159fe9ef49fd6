"""Between two nodes: the shortest paths of facts that join them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kg.analysis.adjacency import Codes, Mask
from kg.analysis.network import Hop, Network

MAX_LENGTH = 8
"""Facts of the longest path; a longer one explains nothing to anyone."""
_NO_WAY_THROUGH = ("Month", "Document")
"""All work of a month or a document meets there, which explains nothing."""
_FEW, _SHARE = 5, 0.25


def between(one: str, other: str, network: Network, top: int) -> tuple[tuple[Hop, ...], ...]:
    """The shortest paths from one node to another, those over rarely named nodes first.

    Args:
        one: the id of the node where the paths begin.
        other: that of the node where they end.
        network: the facts; they may be followed either way.
        top: at most so many paths.

    Returns:
        Paths of equal length; none where nothing joins the two within :data:`MAX_LENGTH` facts, or the two are one.

    Raises:
        KeyError: one of the ids is no node.
    """
    start, goal = network.place[one], network.place[other]
    if start == goal:
        return ()
    distances = _distances(start, goal, network, ~_commonplace(network))
    if distances[goal] < 0:
        distances = _distances(start, goal, network, np.ones(len(network.ids), dtype=bool))
    if distances[goal] < 0:
        return ()
    paths = sorted(_back(goal, distances, network, limit=100 * top), key=lambda path: path[0])
    return tuple(tuple(network.hop(fact) for fact in facts) for _, facts in paths[:top])


def _commonplace(network: Network) -> Mask:
    """What more than a share of all items speak of joins two of them no more than being in one plan does."""
    return network.popularity > max(_FEW, _SHARE * len(network.items))


def _distances(start: int, goal: int, network: Network, passable: Mask) -> Codes:
    """Facts from the start to every node that is no further than the goal, -1 beyond."""
    distances = np.full(len(network.ids), -1, dtype=np.int8)
    distances[start] = 0
    layer = np.array([start], dtype=np.int32)
    for distance in range(1, MAX_LENGTH + 1):
        ends = [
            network.other_end(network.adjacency(network.relation_names, against).at(layer)[1], against)
            for against in (False, True)
        ]
        found = np.unique(np.concatenate(ends))
        found = found[(distances[found] < 0) & (passable[found] | (found == goal))]
        distances[found] = distance
        if distances[goal] >= 0 or not len(found):
            break
        layer = found[~network.are(found, _NO_WAY_THROUGH)]
    return distances


def _back(
    goal: int, distances: Codes, network: Network, limit: int
) -> Iterator[tuple[tuple[int, tuple[int, ...]], tuple[int, ...]]]:
    """((commonness, facts), facts) of shortest paths, found backwards from the goal."""
    stack: list[tuple[int, tuple[int, ...], int]] = [(goal, (), 0)]
    given = 0
    while stack and given < limit:
        node, facts, common = stack.pop()
        if distances[node] == 0:
            given += 1
            yield (common, facts), facts
            continue
        for against in (False, True):
            _, at = network.adjacency(network.relation_names, against).at(np.array([node], dtype=np.int32))
            ends = network.other_end(at, against)
            nearer = distances[ends] == distances[node] - 1
            for end, fact in zip(ends[nearer].tolist(), at[nearer].tolist(), strict=True):
                through = distances[end] > 0
                if not (through and network.are(np.array([end]), _NO_WAY_THROUGH)[0]):
                    stack.append((end, (fact, *facts), common + int(network.popularity[end]) * int(through)))
