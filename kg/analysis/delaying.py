"""Which months a delay moves: a forward pass over the order of steps, in which free months absorb it.

The critical path method's forward pass (Kelley and Walker, 1959) with the month as unit: a step that came after
another may begin no earlier after it than it was planned to, or in the month behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kg.analysis.impact_rules import ImpactRules
from kg.analysis.network import Network
from kg.analysis.spreading import Reach
from kg.model import Target


@dataclass(frozen=True)
class Delays:
    """Months by which affected steps move, by place among the steps."""

    reach: Reach
    network: Network
    shifts: dict[int, int]

    def of(self, node: int) -> tuple[tuple[int, ...], tuple[int, ...], int | None]:
        """Planned months, expected months and shift of a node: a step's, or a target's deadline."""
        network = self.network
        if network.first_step <= node < network.first_target:
            step = node - network.first_step
            months, shift = network.steps[step].months, self.shifts.get(step, 0)
        elif network.first_target <= node < network.first_other:
            target = network.targets[node - network.first_target]
            months = (target.month,) if target.month else ()
            shift = self._shift_of(node, target)
        else:
            return (), (), None
        return months, tuple(month + shift for month in months), shift

    def _shift_of(self, node: int, target: Target) -> int:
        """That of the step that states a target; of a target of the whole item, that of its last step."""
        network = self.network
        _, facts = network.adjacency(("has_target",), against=True).at(np.array([node], dtype=np.int32))
        heads = network.heads[facts]
        steps = (heads[network.is_step(heads)] - network.first_step).tolist()
        if not steps:
            item = network.item_place(node)
            last = max(network.steps_of(item), key=self._end, default=None)
            steps = [] if last is None else [last]
        return max((self.shifts.get(step, 0) for step in steps), default=0)

    def _end(self, step: int) -> int:
        return int(self.network.last_month[step])

    def since(self, at: int) -> int | None:
        """The first planned month of a step that is affected in or before the entry at ``at``, if one is dated."""
        network, node = self.network, int(self.reach.nodes[at])
        if network.first_step <= node < network.first_target:
            return int(network.first_month[node - network.first_step]) or None
        if node < network.first_step:
            return self._by_item.get(node)
        if node < network.first_other:
            return self.of(node)[0][0] if self.of(node)[0] else self._by_item.get(network.item_place(node))
        _, facts = network.adjacency(("responsible", "supports"), against=True).at(
            self.reach.nodes[at : at + 1]
        )
        items = (self._by_item.get(item) for item in network.heads[facts].tolist())
        before = int(self.reach.before[at])
        return min(filter(None, items), default=None) or (self.since(before) if before > 0 else None)

    @cached_property
    def _by_item(self) -> dict[int, int]:
        """The first month of an affected step of every item that has one."""
        network, found = self.network, dict[int, int]()
        for step in self.shifts:
            item, month = int(network.item_of[step]), int(network.first_month[step])
            if month:
                found[item] = min(month, found.get(item, month))
        return found


def delays(reach: Reach, network: Network, rules: ImpactRules, months: int) -> Delays:
    """By how many months all steps of a reach move if what slips directly slips by ``months``; never less than 0."""
    shifts: dict[int, int] = {}
    pushed = []
    for at, node in enumerate(reach.nodes.tolist()):
        if not network.first_step <= node < network.first_target:
            continue
        step, state = node - network.first_step, int(reach.states[at])
        if state in rules.in_turn:
            pushed.append(step)
        else:
            slipped = _origin(reach, at, network) if state in rules.together else None
            shifts[step] = max(_absorbed(slipped, step, months, network), shifts.get(step, 0))
    # Whatever comes after another ends after it, so that this order has seen all that a step waits for.
    for step in sorted(pushed, key=lambda step: int(network.last_month[step])):
        waiting = (
            _absorbed(earlier, step, shifts.get(earlier, 0), network) for earlier in _before(step, network)
        )
        shifts[step] = max(*waiting, shifts.get(step, 0), 0)
    return Delays(reach, network, shifts)


def _before(step: int, network: Network) -> Iterable[int]:
    """The steps directly before a step, counted from the first step."""
    place = np.array([step + network.first_step], dtype=np.int32)
    _, facts = network.adjacency(("precedes",), against=True).at(place)
    return (network.heads[facts] - network.first_step).tolist()  # type: ignore[no-any-return]


def _absorbed(earlier: int | None, later: int, shift: int, network: Network) -> int:
    """What is left of a shift at a later step, after the free months between the two."""
    if earlier is None or not network.last_month[earlier] or not network.first_month[later]:
        return shift
    gap = int(network.first_month[later]) - int(network.last_month[earlier])
    return max(0, shift - max(0, gap - 1))


def _origin(reach: Reach, at: int, network: Network) -> int | None:
    """The step that slips and leads to the entry at ``at``, if one does."""
    while reach.before[at] >= 0:
        at = int(reach.before[at])
        node = int(reach.nodes[at])
        if network.first_step <= node < network.first_target:
            return node - network.first_step
    return None
