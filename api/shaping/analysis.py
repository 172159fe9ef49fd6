"""Traces, impacts and paths → their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from api.schemas import (
    AffectedShape,
    EntityShape,
    GapShape,
    HopShape,
    ImpactShape,
    PathsShape,
    RelatedShape,
    TimelineShape,
    TracedItemShape,
    TracedStepShape,
    TracedTargetShape,
    TraceShape,
)
from api.shaping.answers import step_keys
from api.shaping.records import span_shape, step_shape, target_shape
from kg.analysis.impact import MAX_PATHS

if TYPE_CHECKING:
    from kg.analysis import Affected, Hop, Impact, Related, Trace, TracedItem, TracedStep


def trace_shape(trace: Trace, entity: EntityShape) -> TraceShape:
    """A trace; step keys of several documents are prefixed with the document."""
    items = [_traced_item(item) for item in trace.items()]
    several = len({item.document for item in items}) > 1
    return TraceShape(
        entity=entity,
        items=items,
        sections=list(trace.sections),
        projects=list(trace.of_type("Project")),
        platforms=list(trace.of_type("Platform")),
        targets=[
            TracedTargetShape(document=item.document, item=item.no, **dict(target_shape(target)))
            for item, target in trace.targets
        ],
        timeline=[TimelineShape(month=m, keys_=step_keys(keys, several)) for m, keys in trace.timeline],
        gaps=[GapShape(document=document, months=list(months)) for document, months in trace.gaps],
        related=[_related(related, several) for related in trace.related],
    )


def _traced_item(item: TracedItem) -> TracedItemShape:
    return TracedItemShape(
        document=item.item.document,
        item=item.item.no,
        content=item.item.content,
        certainty=item.certainty,
        steps=[_traced_step(step) for step in item.steps],
        path=path_shape(item.path),
        mentions=[span_shape(span) for span in item.mentions],
    )


def _traced_step(step: TracedStep) -> TracedStepShape:
    return TracedStepShape(
        **dict(step_shape(step.step)), certainty=step.certainty, path=path_shape(step.path)
    )


def _related(related: Related, several: bool) -> RelatedShape:
    return RelatedShape(
        id=related.id,
        why=related.why,
        path=path_shape(related.path) or None,
        steps=step_keys(related.steps, several) or None,
    )


def impact_shape(impact: Impact, all_paths: bool = False) -> ImpactShape:
    """An impact; ``since`` is the first planned month of a step that is affected.

    With ``all_paths``, ``paths_cut`` says of each result whether it has more than the ``MAX_PATHS`` given.
    """
    affected = list(_all_affected(impact, all_paths))
    return ImpactShape(
        node=impact.node,
        type=impact.type,  # type: ignore[arg-type]
        name=impact.name,
        depth=impact.depth,
        delay=impact.delay,
        since=min((entry.since for entry in affected if entry.since), default=None),
        affected=affected,
    )


def _all_affected(impact: Impact, all_paths: bool) -> Iterator[AffectedShape]:
    for at, entry in enumerate(impact.affected()):
        paths = [path_shape(path) for path in impact.paths(at)] if all_paths else None
        yield _affected(entry, impact.rules.labels.get(entry.effect, entry.effect), paths)


def _affected(entry: Affected, effect: str, paths: list[list[HopShape]] | None) -> AffectedShape:
    return AffectedShape(
        id=entry.id,
        type=entry.type,  # type: ignore[arg-type]
        name=entry.name,
        document=entry.document,
        item=entry.item,
        effect=effect,
        score=round(entry.score, 6),
        months=list(entry.months),
        expected=list(entry.expected),
        shift=entry.shift,
        since=entry.since,
        path=path_shape(entry.path),
        paths=None if paths is None else paths[:MAX_PATHS],
        paths_cut=None if paths is None else len(paths) > MAX_PATHS,
    )


def paths_shape(one: str, other: str, paths: Sequence[Sequence[Hop]]) -> PathsShape:
    """``length`` is how many facts the shortest paths have, ``None`` where nothing joins the two."""
    return PathsShape(
        from_=one,
        to=other,
        length=len(paths[0]) if paths else None,
        paths=[path_shape(path) for path in paths],
    )


def path_shape(path: Iterable[Hop]) -> list[HopShape]:
    """The facts of a path, one by one."""
    return [
        HopShape(from_=hop.head, relation=hop.relation, to=hop.tail, evidence=span_shape(hop.evidence))
        for hop in path
    ]
