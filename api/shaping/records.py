"""Records of the documents → the shapes that the outside sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.schemas import (
    DefectShape,
    DocumentShape,
    EntityDetailShape,
    EntityShape,
    FactShape,
    ItemShape,
    MentionShape,
    ResponsibleShape,
    SectionShape,
    SpanShape,
    StepShape,
    TargetShape,
)
from kg.model import Defect, Document, Entity, Fact, Item, Mention, Responsible, Section, Span, Step, Target


def span_shape(span: Span) -> SpanShape:
    """A span; it has a table, a row and a column only where it stands in one."""
    return SpanShape(
        document=span.document,
        line=span.line,
        start=span.start,
        end=span.end,
        table=span.table,
        row=span.row,
        column=span.column,
    )


def document_shape(document: Document, sizes: tuple[int, int, int]) -> DocumentShape:
    """A document and how many items, steps and defects it has."""
    items, steps, defects = sizes
    return DocumentShape(
        id=document.id,
        name=document.name,
        title=document.title,
        year=document.year,
        items=items,
        steps=steps,
        defects=defects,
        digest=document.digest,
    )


def step_shape(step: Step) -> StepShape:
    """A step as it stands in its item."""
    return StepShape(
        key=step.key,
        label=step.label,
        months=list(step.months),
        quarter=step.quarter,
        text=step.text,
        source=span_shape(step.source),
    )


def target_shape(target: Target) -> TargetShape:
    """A target as it stands in its item."""
    return TargetShape(
        text=target.text,
        metric=target.metric,
        number=target.number,
        unit=target.unit,
        comparator=target.comparator,
        month=target.month,
        where=target.where,
        source=span_shape(target.source),
        step=target.step,
    )


def item_shape(item: Item) -> ItemShape:
    """An item with all that belongs to it."""
    return ItemShape(
        document=item.document,
        no=item.no,
        number_in_source=item.number_in_source,
        content=item.content,
        section=_section(item.section) if item.section else None,
        responsible=[_responsible(unit) for unit in item.responsible],
        measures=item.measures,
        criteria=item.criteria,
        hotline=item.hotline,
        source=span_shape(item.source),
        steps=[step_shape(step) for step in item.steps],
        targets=[target_shape(target) for target in item.targets],
        defects=[_defect(defect) for defect in item.defects],
    )


def _section(section: Section) -> SectionShape:
    return SectionShape(name=section.name, raw=section.raw, inferred=section.inferred)


def _responsible(unit: Responsible) -> ResponsibleShape:
    return ResponsibleShape(name=unit.name, role=unit.role, source=span_shape(unit.source))


def _defect(defect: Defect) -> DefectShape:
    return DefectShape(code=defect.code, message=defect.message, source=span_shape(defect.source))


def entity_shape(entity: Entity, items: Sequence[tuple[str, int]], mentions: int) -> EntityShape:
    """An entity, the (document, number) of the items that mention it, and how many mentions it has."""
    return EntityShape(
        id=entity.id,
        type=entity.type,
        name=entity.name,
        aliases=list(entity.aliases),
        reasons=dict(entity.reasons),
        items=sorted({no for _, no in items}),
        documents=list(dict.fromkeys(document for document, _ in items)),
        mentions=mentions,
    )


def entity_detail_shape(
    entity: EntityShape, mentions: Iterable[Mention], facts: Iterable[Fact]
) -> EntityDetailShape:
    """An entity with its own facts and mentions."""
    return EntityDetailShape(
        **dict(entity),
        facts=[fact_shape(fact) for fact in facts],
        spans=[mention_shape(mention) for mention in mentions],
    )


def mention_shape(mention: Mention) -> MentionShape:
    """A mention at its place."""
    return MentionShape(
        document=mention.source.document,
        item=mention.item,
        where=mention.where,
        line=mention.source.line,
        start=mention.source.start,
        end=mention.source.end,
        surface=mention.surface,
        entity=mention.entity,
        type=mention.type,
        name=mention.name,
        step=mention.step,
        annotator=mention.annotator,
        confidence=mention.confidence,
    )


def fact_shape(fact: Fact) -> FactShape:
    """A fact with its evidence."""
    return FactShape(
        head=fact.head,
        relation=fact.relation,
        tail=fact.tail,
        evidence=[span_shape(span) for span in fact.evidence],
        method=fact.method,
    )
