"""Text → mentions: several annotators propose names, one arbiter decides.

Two passes. The first annotates every passage for itself: vocabulary, grammars, NER, and then the
context they make. The second looks for the names of the whole document everywhere in it, so that
a short name which one list gives away (金能、益凯等重点项目) is found where nothing gives it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType, Item, Mention, Name, Plan, Span, Target
from kg.recognition.arbiter import arbitrate
from kg.recognition.context import Context
from kg.recognition.grammar import NameGrammar
from kg.recognition.lexer import Lexer, Token, fused
from kg.recognition.ner import NerAnnotator
from kg.recognition.passages import Passage, passages_of
from kg.recognition.propagation import DocumentAnnotator
from kg.recognition.quantities import Quantities
from kg.recognition.vocabulary import Vocabulary

__all__ = ["ANNOTATORS", "Lexer", "Passage", "Recogniser", "Vocabulary", "passages_of"]

_UNIT = 16
"""Characters of the longest responsible unit that is looked for in running text."""
_FUSED_TYPES = ("Company", "Place", "Topic", "Program")
ANNOTATORS = ("vocabulary", "grammar", "ner", "context", "document")


@dataclass(frozen=True)
class Recogniser:
    """All annotators, compiled once; ``annotators`` may leave some out, to measure what each adds."""

    lexer: Lexer
    vocabulary: Vocabulary
    grammar: NameGrammar
    ner: NerAnnotator
    context: Context
    document: DocumentAnnotator
    quantities: Quantities
    annotators: frozenset[str] = frozenset(ANNOTATORS)

    @staticmethod
    def of(
        knowledge: Knowledge,
        lexer: Lexer | None = None,
        annotators: Iterable[str] = ANNOTATORS,
        known: Iterable[tuple[EntityType, str, tuple[str, ...]]] = (),
        vocabulary: Vocabulary | None = None,
    ) -> Recogniser:
        """Compile the annotators.

        Args:
            knowledge: its gazetteer, topics and word lists.
            lexer: one that is loaded already; ``None`` for a new one.
            annotators: those that take part, of :data:`ANNOTATORS`.
            known: (type, name, aliases) of further names, which win over the gazetteer's.
            vocabulary: that of the knowledge, where it is loaded already.

        Raises:
            KnowledgeFileError: a file of the knowledge can't be read.
        """
        vocabulary = (vocabulary or Vocabulary.load(knowledge)).with_names(known)
        topics = (name for c in vocabulary.concepts if c.type == "Topic" for name in (c.name, *c.aliases))
        grammar = NameGrammar.of(knowledge, frozenset(topics))
        context = Context.of(knowledge, grammar)
        return Recogniser(
            lexer or Lexer.of(knowledge),
            vocabulary,
            grammar,
            NerAnnotator.of(knowledge),
            context,
            DocumentAnnotator.of(knowledge, context.companies.endings),
            Quantities.of(knowledge),
            frozenset(annotators),
        )

    def recognise(self, plan: Plan) -> tuple[list[Mention], Plan]:
        """Everything that one plan names.

        Returns:
            The mentions in the order of the text, the longer of two that begin together first, without
            ``entity`` and ``name``; and the plan with its targets, which need the names to be told from them.
        """
        passages = list(passages_of(plan))
        annotated = list(zip(passages, self._names(plan, passages), strict=True))
        mentions = [
            _mention(passage, name)
            for passage, names in annotated
            for name in names
            if passage.where != "section"
        ]
        units = {item.no: [unit.source for unit in item.responsible] for item in plan.items}
        mentions = [m for m in mentions if not any(_overlap(m, u) for u in units.get(m.item or 0, ()))]
        mentions += [mention for item in plan.items for mention in _section_mentions(plan.text, item)]
        targets: dict[int, list[Target]] = {}
        for passage, names in annotated:
            if passage.item is not None and passage.where in ("content", "step", "criteria"):
                targets.setdefault(passage.item, []).extend(self._targets(passage, names))
        items = tuple(replace(item, targets=tuple(targets.get(item.no, ()))) for item in plan.items)
        return sorted(mentions, key=lambda m: (m.source.start, -m.source.end)), replace(plan, items=items)

    def _names(self, plan: Plan, passages: Sequence[Passage]) -> list[list[Name]]:
        """The names of every passage, by itself and then by what the whole document tells."""
        annotated = [self._annotated(p) for p in passages]
        units = _units(plan)
        if units:
            pairs = zip(passages, annotated, strict=True)
            annotated = [self._with_units(p, names, units) for p, names in pairs]
        if "document" in self.annotators:
            texts = [p.text for p in passages]
            annotated = self.document.propagate(texts, [self.tokens(text) for text in texts], annotated)
            # Names that the whole document gave away draw the edges of others: 佰客来…综合体项目.
            pairs = zip(passages, annotated, strict=True)
            annotated = [self._annotated_again(p, names) for p, names in pairs]
        return annotated

    def _annotated(self, passage: Passage) -> list[Name]:
        # A telephone line names nobody; grammar and NER would only guess there.
        if passage.where == "supervision":
            known = self.vocabulary.names_in(passage.text, self.tokens(passage.text))
            return arbitrate(passage.text, list(known))
        names = self.annotate(passage.text)
        # A plan that calls itself …行动计划 is a document; the programme is what it carries out.
        own = len(passage.text) if passage.where == "title" else -1
        return [
            replace(n, type="PolicyDocument") if n.end == own and n.type == "Program" else n for n in names
        ]

    def _annotated_again(self, passage: Passage, names: list[Name]) -> list[Name]:
        found = [
            n for n in names if n.annotator in ("document", "context") and n.type in ("Company", "Place")
        ]
        if passage.where == "supervision" or not found or "grammar" not in self.annotators:
            return names
        tokens = fused(self.tokens(passage.text), [n for n in names if n.type in _FUSED_TYPES])
        more = self.grammar.names_in(passage.text, tokens, names)
        return arbitrate(passage.text, [*names, *more])

    def _with_units(self, passage: Passage, names: list[Name], units: re.Pattern[str]) -> list[Name]:
        """The units of responsible cells are organisations where running text speaks of them."""
        if passage.where in ("section", "supervision") or "document" not in self.annotators:
            return names
        more = [
            Name(m.start(), m.end(), "Organization", "document", 0.75) for m in units.finditer(passage.text)
        ]
        return arbitrate(passage.text, [*names, *more]) if more else names

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words of a passage, from the lexer's cache where it has cut them before."""
        return self.lexer.tokens(text)

    def annotate(self, text: str) -> list[Name]:
        """The names of one passage, from every annotator, arbitrated."""
        tokens = self.tokens(text)
        names: list[Name] = []
        if "vocabulary" in self.annotators:
            names += self.vocabulary.names_in(text, tokens)
        tokens = fused(tokens, names)
        if "grammar" in self.annotators:
            names += self.grammar.names_in(text, tokens, names)
        if "ner" in self.annotators:
            names += self.ner.names_in(text, tokens)
        if "context" in self.annotators:
            names += self.context.names_in(text, tokens, names)
        return arbitrate(text, names)

    def _targets(self, passage: Passage, names: Sequence[Name]) -> Iterator[Target]:
        for found in self.quantities.find(passage.text, names):
            deadline = found.month or (passage.months[-1] if passage.months else None)
            yield Target(
                passage.text[found.start : found.end],
                found.metric,
                found.number,
                found.unit,
                found.comparator,
                deadline,
                passage.where,
                passage.span(found.start, found.end),
                passage.step,
            )


def _units(plan: Plan) -> re.Pattern[str] | None:
    """What finds the responsible units of a plan; collective ones (各有关部门) are no names."""
    names = {
        unit.name
        for item in plan.items
        for unit in item.responsible
        if 2 < len(unit.name) <= _UNIT and not unit.name.startswith("各") and "、" not in unit.name
    }
    return re.compile(alternatives(sorted(names))) if names else None


def _overlap(mention: Mention, unit: Span) -> bool:
    return unit.start < mention.source.end and mention.source.start < unit.end


def _section_mentions(text: str, item: Item) -> Iterator[Mention]:
    """The responsible units of an item, each where it stands."""
    for unit in item.responsible:
        surface = text[unit.source.start : unit.source.end]
        yield Mention(unit.source, surface, "Section", "section", item.no, None, "plan", 1.0, name=unit.name)


def _mention(passage: Passage, name: Name) -> Mention:
    return Mention(
        passage.span(name.start, name.end),
        passage.text[name.start : name.end],
        name.type,
        passage.where,
        passage.item,
        passage.step,
        name.annotator,
        name.confidence,
    )
