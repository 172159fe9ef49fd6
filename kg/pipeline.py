"""The whole way on one page: file → plan → mentions → entities → facts.

Each stage is a function from records to records, in a module of its own; here they only meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.model import Entity, Fact, Mention, Plan
from kg.plan import read_plan
from kg.reading import read_source
from kg.recognition import ANNOTATORS, Recogniser
from kg.recognition.vocabulary import Vocabulary, fold
from kg.relations import relate
from kg.resolution import resolve

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Extraction:
    """Everything that the documents say."""

    plans: tuple[Plan, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]


def plan_of(data: bytes, name: str, document: str, digest: str, knowledge: Knowledge) -> Plan:
    """Read one file as a plan. Raises :class:`kg.errors.InputError`."""
    return read_plan(read_source(data, name), document, digest, knowledge)


def extract(
    plans: Sequence[Plan],
    knowledge: Knowledge,
    progress: Progress | None = None,
    annotators: Iterable[str] = ANNOTATORS,
    curation: Curation | None = None,
) -> Extraction:
    """Recognise, resolve and relate; all documents together, so that names join across them."""
    decided = curation or Curation()
    recogniser = Recogniser.of(knowledge, annotators=annotators, known=decided.known)
    recognised: list[Plan] = []
    mentions: list[Mention] = []
    for done, plan in enumerate(plans):
        if progress:
            progress("识别名称", done, len(plans))
        found, measured = recogniser.recognise(plan)
        mentions += decided.curated(found, [plan])
        recognised.append(measured)
    canonical = recogniser.vocabulary.canonical
    entities, joined = resolve(mentions, lambda t, s: canonical.get((t, fold(s))), knowledge, decided)
    facts = relate(recognised, joined, broader_topics(recogniser.vocabulary), knowledge)
    return Extraction(tuple(recognised), tuple(joined), tuple(entities), tuple(facts))


def broader_topics(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The names of the directly broader topics, by topic name."""
    return {c.name: c.broader for c in vocabulary.concepts if c.type == "Topic" and c.broader}
