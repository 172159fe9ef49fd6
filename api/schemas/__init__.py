"""The JSON shapes that the outside relies on, one class each; OpenAPI is made of them."""

from api.schemas.answers import AnswerShape, ValueShape
from api.schemas.base import Shape
from api.schemas.curation import DecidedShape, DecisionShape, RecordedShape, ReviewShape, UndoneShape
from api.schemas.entities import EntityDetailShape, EntityShape, FactShape, MentionShape
from api.schemas.evaluation import AnalysisFiguresShape, EvaluationShape, SearchFiguresShape
from api.schemas.impact import AffectedShape, ImpactShape
from api.schemas.paths import HopShape, PathsShape
from api.schemas.records import (
    DefectShape,
    DocumentShape,
    ItemShape,
    ResponsibleShape,
    SectionShape,
    SpanShape,
    StepShape,
    TargetShape,
)
from api.schemas.report import ChapterShape, ReportShape
from api.schemas.search import HitShape, SearchAnswerShape, UnderstoodShape
from api.schemas.tracing import (
    GapShape,
    PlacedShape,
    RelatedShape,
    TimelineShape,
    TracedItemShape,
    TracedStepShape,
    TracedTargetShape,
    TraceShape,
)
from api.schemas.workspace import (
    ExportedShape,
    HealthShape,
    IngestedShape,
    ProblemShape,
    RemovedShape,
    StatsShape,
)

__all__ = [
    "AffectedShape",
    "AnalysisFiguresShape",
    "AnswerShape",
    "ChapterShape",
    "DecidedShape",
    "DecisionShape",
    "DefectShape",
    "DocumentShape",
    "EntityDetailShape",
    "EntityShape",
    "EvaluationShape",
    "ExportedShape",
    "FactShape",
    "GapShape",
    "HealthShape",
    "HitShape",
    "HopShape",
    "ImpactShape",
    "IngestedShape",
    "ItemShape",
    "MentionShape",
    "PathsShape",
    "PlacedShape",
    "ProblemShape",
    "RecordedShape",
    "RelatedShape",
    "RemovedShape",
    "ReportShape",
    "ResponsibleShape",
    "ReviewShape",
    "SearchAnswerShape",
    "SearchFiguresShape",
    "SectionShape",
    "Shape",
    "SpanShape",
    "StatsShape",
    "StepShape",
    "TargetShape",
    "TimelineShape",
    "TraceShape",
    "TracedItemShape",
    "TracedStepShape",
    "TracedTargetShape",
    "UnderstoodShape",
    "UndoneShape",
    "ValueShape",
]
