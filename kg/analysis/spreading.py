"""An effect spreads from a node by rules, breadth first: the whole set of what is affected, in arrays.

Each node keeps the way by which it was reached first, and of several equally short ones the strongest. What is
done at one depth is done for all nodes at once, so that the cost follows the answer and not the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.analysis.adjacency import Mask, Places
from kg.analysis.impact_rules import ImpactRules, Rule
from kg.analysis.network import Network

Scores = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """Nodes in states, one entry each, the origin first; ``before`` and ``facts`` are -1 for it.

    ``before`` is the position of the predecessor here, ``depths`` how many facts away a node is, runs of later
    steps counted once. ``scores`` are in (0, 1].
    """

    nodes: Places
    states: Places
    facts: Places
    before: Places
    depths: Places
    scores: Scores

    def way(self, at: int) -> list[int]:
        """The places of the facts that lead from the origin to the entry at ``at``."""
        facts = []
        while self.facts[at] >= 0:
            facts.append(int(self.facts[at]))
            at = int(self.before[at])
        return facts[::-1]

    def __len__(self) -> int:
        return len(self.nodes)


@dataclass(frozen=True)
class Links:
    """Every way by which rules lead from one entry of a reach to another: positions, facts, costs in depth."""

    sources: Places
    ends: Places
    facts: Places
    costs: Places


def spread(origin: int, network: Network, rules: ImpactRules, depth: int) -> Reach:
    """What is affected if the node at the place ``origin`` slips, breadth first.

    Returns:
        One entry for each node and state within ``depth`` facts, in order of depth, the origin first.
    """
    conditions = Conditions(origin, network)
    paid = [rule for rule in rules.rules if not rule.free]
    free = [rule for rule in rules.rules if rule.free]
    layer = _begun(origin, rules.start_of(network.type_of(origin)))
    # One flag for each node and state; the pages of it that nothing touches are never made.
    known = np.zeros(len(network.ids) * len(rules.states), dtype=bool)
    known[_keys(layer.nodes, layer.states, rules)] = True
    layers, offset, total = [layer], 0, 1
    for at_depth in range(1, depth + 1):
        begun, count, fresh, following = total, len(layers), layer, paid
        while len(fresh):
            fresh = _next_layer(fresh, offset, following, at_depth, known, conditions, rules)
            layers.append(fresh)
            offset, total, following = total, total + len(fresh), free
        if total == begun:
            break
        layer, offset = _joined(layers[count:]), begun
    return _joined(layers)


def _begun(origin: int, state: int) -> Reach:
    nodes, states, facts, before, depths = (
        np.array([value], dtype=np.int32) for value in (origin, state, -1, -1, 0)
    )
    return Reach(nodes, states, facts, before, depths, np.ones(1, dtype=np.float64))


def _joined(parts: Sequence[Reach]) -> Reach:
    names = ("nodes", "states", "facts", "before", "depths", "scores")
    return Reach(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def links(reach: Reach, network: Network, rules: ImpactRules) -> Links:
    """All the ways there are between the entries of a reach."""
    keys = _keys(reach.nodes, reach.states, rules)
    order = np.argsort(keys)
    conditions = Conditions(int(reach.nodes[0]), network)
    parts = []
    for rule in rules.rules:
        sources, facts, ends, _ = _follow(reach, rule, conditions)
        wanted = _keys(ends, np.full(len(ends), rule.to, np.int32), rules)
        at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        known = keys[order][at] == wanted
        cost = np.full(int(known.sum()), 0 if rule.free else 1, np.int32)
        parts.append((sources[known], order[at[known]].astype(np.int32), facts[known], cost))
    return Links(*(np.concatenate([part[i] for part in parts]) for i in range(4)))


@dataclass(frozen=True)
class Conditions:
    """What rules may ask of a fact; ``when`` of a rule names the method."""

    origin: int
    network: Network

    def holds(self, rule: Rule, facts: Places, ends: Places) -> Mask:
        """Which of some facts a rule may follow; ``ends`` are the nodes to which they lead, in the same order."""
        if rule.when == "titled":
            return self.network.attested.titled[facts]
        if rule.when == "alone":
            return self.network.attested.alone[facts]
        if rule.when == "own":
            targets = self.network.tails[facts]
            return ~self.network.in_a_step[targets - self.network.first_target]
        if rule.when == "named":
            return self.network.in_steps[facts]
        if rule.when == "unnamed":
            return ~self.network.in_steps[facts]
        if rule.when == "not_earlier":
            return self._not_earlier(ends - self.network.first_step)
        return np.ones(len(facts), dtype=bool)

    def _not_earlier(self, steps: Places) -> Mask:
        """Steps that do not begin before the one that slips; an undated one may be later."""
        network = self.network
        step = self._step_of(self.origin)
        if step is None or not network.first_month[step]:
            return np.ones(len(steps), dtype=bool)
        begin = network.year_of_step(np.array([step])) * 12 + network.first_month[step]
        others = network.year_of_step(steps) * 12 + network.first_month[steps]
        same_calendar = (network.year_of_step(steps) > 0) == bool(network.year_of_step(np.array([step]))[0])
        later: Mask = (others >= begin) | (network.first_month[steps] == 0) | ~same_calendar
        return later

    def _step_of(self, origin: int) -> int | None:
        """The step that slips where that is one, or the step of the target that is missed."""
        network = self.network
        if network.type_of(origin) == "Step":
            return origin - network.first_step
        if network.type_of(origin) == "Target":
            _, facts = network.adjacency(("has_target",), against=True).at(np.array([origin], np.int32))
            steps = network.heads[facts][network.is_step(network.heads[facts])]
            return int(steps[0]) - network.first_step if len(steps) else None
        return None


def _keys(nodes: Places, states: Places, rules: ImpactRules) -> Keys:
    return nodes.astype(np.int64) * len(rules.states) + states


def _follow(layer: Reach, rule: Rule, conditions: Conditions) -> tuple[Places, Places, Places, Scores]:
    """(positions in the layer, facts, nodes, scores) that one rule leads to from those in its state."""
    network = conditions.network
    sources = np.flatnonzero(layer.states == rule.state).astype(np.int32)
    which, facts = network.adjacency(rule.relations, rule.against).at(layer.nodes[sources])
    ends = network.other_end(facts, rule.against)
    kept = network.are(ends, rule.types) if rule.types else np.ones(len(ends), dtype=bool)
    if rule.when:
        kept[kept] = conditions.holds(rule, facts[kept], ends[kept])
    sources, facts, ends = sources[which[kept]], facts[kept], ends[kept]
    scores = layer.scores[sources] * rule.weight
    if rule.shared:
        scores = scores / np.sqrt(np.maximum(1, network.popularity[layer.nodes[sources]]))
    return sources, facts, ends, scores


def _next_layer(
    layer: Reach,
    offset: int,
    rules: Sequence[Rule],
    depth: int,
    known: Mask,
    conditions: Conditions,
    all_rules: ImpactRules,
) -> Reach:
    """What a layer leads to and is not ``known`` yet, each node and state once by its strongest way.

    ``offset`` is the position of the layer's first entry in the whole reach.
    """
    present = set(layer.states.tolist())
    parts = [(*_follow(layer, rule, conditions), rule.to) for rule in rules if rule.state in present]
    sources, facts, ends, scores = (
        np.concatenate([part[i] for part in parts]) if parts else np.zeros(0, np.int32) for i in range(4)
    )
    states = np.concatenate([np.full(len(part[0]), part[4], np.int32) for part in parts] or [sources])
    keys = _keys(ends, states, all_rules)
    fresh = np.flatnonzero(~known[keys])
    order = fresh[np.lexsort((facts[fresh], -scores[fresh], keys[fresh]))]
    first = order[np.flatnonzero(np.diff(keys[order], prepend=-1))]
    known[keys[first]] = True
    return Reach(
        ends[first],
        states[first],
        facts[first],
        (sources[first] + offset).astype(np.int32),
        np.full(len(first), depth, np.int32),
        scores[first].astype(np.float64),
    )


def ways(at: int, reach: Reach, every: Links, depth: int, limit: int) -> Iterator[list[int]]:
    """Up to ``limit`` ways to an entry, as places of facts, that pass no node twice; the shortest first found.

    Depth first against the links, from the entry back to the origin.
    """
    order = np.argsort(every.ends, kind="stable")
    ends = every.ends[order]
    stack: list[tuple[int, int, tuple[int, ...], frozenset[int]]] = [
        (at, 0, (), frozenset([int(reach.nodes[at])]))
    ]
    given = 0
    while stack and given < limit:
        here, cost, facts, passed = stack.pop()
        if here == 0:
            given += 1
            yield list(facts)
            continue
        for link in order[np.searchsorted(ends, here) : np.searchsorted(ends, here, "right")].tolist():
            source, paid = int(every.sources[link]), cost + int(every.costs[link])
            node = int(reach.nodes[source])
            if paid + int(reach.depths[source]) <= depth and node not in passed:
                stack.append((source, paid, (int(every.facts[link]), *facts), passed | {node}))
