"""Constraints filter: what a caller or a question asks for, a passage fits or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from api.understanding import Understood
from kg.model import Item, Mention, Plan, Step


@dataclass(frozen=True)
class Filters:
    """What a caller constrains beside the question."""

    document: str | None = None
    section: str | None = None
    month: int | None = None


def item_fits(item: Item, understood: Understood, filters: Filters) -> bool:
    """Whether an item is of the sections, numbers and document that are asked for."""
    wanted = {*understood.sections, *([filters.section] if filters.section else [])}
    named = {unit.name for unit in item.responsible} | ({item.section.name} if item.section else set())
    return (
        (not wanted or bool(wanted & named))
        and (not understood.items or item.no in understood.items)
        and (filters.document is None or filters.document == item.document)
    )


def step_fits(step: Step, understood: Understood, filters: Filters) -> bool:
    """Whether a step falls into a month that is asked for."""
    wanted = set(understood.months) | ({filters.month} if filters.month else set())
    return not wanted or bool(wanted & set(step.months))


@dataclass(frozen=True)
class Places:
    """Which item and step a mention stands in."""

    plans: Sequence[Plan]

    def fits(self, mention: Mention, filters: Filters) -> bool:
        if filters == Filters():
            return True
        item, step = self._records.get((mention.source.document, mention.item, mention.step), (None, None))
        nothing = Understood("")
        if item is None or not item_fits(item, nothing, filters):
            return False
        # What the content of an item names belongs to all its months.
        steps = [step] if step is not None else item.steps
        return filters.month is None or any(step_fits(s, nothing, filters) for s in steps)

    @cached_property
    def _records(self) -> dict[tuple[str, int | None, str | None], tuple[Item, Step | None]]:
        """(document, item, step key) → the records."""
        places: dict[tuple[str, int | None, str | None], tuple[Item, Step | None]] = {}
        for plan in self.plans:
            for item in plan.items:
                places[item.document, item.no, None] = (item, None)
                places |= {(item.document, item.no, step.key): (item, step) for step in item.steps}
        return places
