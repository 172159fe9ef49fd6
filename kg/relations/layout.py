"""What the layout of a plan states: items, steps and their order, months, responsible units, targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from kg.model import Item, Method, Plan, Step, document_id, entity_id, month_id, step_id, target_id
from kg.relations.proposals import Proposed

Period = tuple[int, int]
"""The first and the last month of a step."""


def plan_facts(plan: Plan) -> Iterator[Proposed]:
    """Every fact that the cells of a plan state, item by item."""
    document = document_id(plan.document.id)
    for item in plan.items:
        yield document, "has_item", item.id, item.content_source, "stated"
        yield from _responsible(item)
        for step in item.steps:
            yield item.id, "has_step", step_id(item.document, step.key), step.source, "stated"
            for month in step.months:
                yield step_id(item.document, step.key), "scheduled_in", month_id(month), step.source, "stated"
        yield from _order_of_steps(item)
        yield from _targets(item)


def _responsible(item: Item) -> Iterator[Proposed]:
    if item.section and item.section_source:
        method: Method = "inferred" if item.section.inferred else "stated"
        yield item.id, "responsible", entity_id("Section", item.section.name), item.section_source, method
    for unit in item.responsible:
        relation = "responsible" if unit.role == "lead" else "supports"
        if not item.section or unit.name != item.section.name:
            yield item.id, relation, entity_id("Section", unit.name), unit.source, "stated"


def _order_of_steps(item: Item) -> Iterator[Proposed]:
    """From every step to those that come next; steps of the same time come neither before nor after."""
    by_time: dict[Period, list[Step]] = {}
    for step in item.steps:
        months = step.months or _of_quarter(step.quarter)
        if months:
            by_time.setdefault((months[0], months[-1]), []).append(step)
    for earlier, later in _successions(sorted(by_time)):
        for one, next_ in product(by_time[earlier], by_time[later]):
            pair = step_id(item.document, one.key), step_id(item.document, next_.key)
            yield pair[0], "precedes", pair[1], next_.source, "stated"


def _successions(periods: Sequence[Period]) -> Iterator[tuple[Period, Period]]:
    """Each period with those that follow it without another between: a transitive reduction.

    One follows another where it begins no earlier and ends later.
    """

    def follows(later: Period, earlier: Period) -> bool:
        return later[0] >= earlier[0] and later[1] > earlier[1]

    for earlier in periods:
        after = [period for period in periods if follows(period, earlier)]
        for later in after:
            if not any(follows(later, between) for between in after):
                yield earlier, later


def _of_quarter(quarter: int | None) -> tuple[int, ...]:
    return tuple(range(3 * quarter - 2, 3 * quarter + 1)) if quarter else ()


def _targets(item: Item) -> Iterator[Proposed]:
    for ordinal, target in enumerate(item.targets, 1):
        node = target_id(item.document, item.no, ordinal)
        head = step_id(item.document, target.step) if target.step else item.id
        yield head, "has_target", node, target.source, "stated"
        if target.step:
            yield item.id, "has_target", node, target.source, "stated"
        if target.month:
            yield node, "scheduled_in", month_id(target.month), target.source, "stated"
