"""Decisions of curators → their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.schemas import DecisionShape, RecordedShape

if TYPE_CHECKING:
    from api.workspace.decisions import Entry
    from kg.curation import Decision


def decision_shape(decision: Decision) -> DecisionShape:
    """A curator's decision."""
    return DecisionShape(
        id=decision.id,
        kind=decision.kind,
        who=decision.who,
        when=decision.when,
        type=decision.type,
        name=decision.name,
        surfaces=list(decision.surfaces),
        to_type=decision.to_type,
        document=decision.document,
        before=decision.before,
        after=decision.after,
    )


def recorded_shape(decision: Decision, undoing: Entry | None) -> RecordedShape:
    """A decision of the history, and who took it back if somebody did."""
    return RecordedShape(
        **dict(decision_shape(decision)),
        in_force=undoing is None,
        undone_by=undoing.who if undoing else None,
        undone_when=undoing.when if undoing else None,
    )
