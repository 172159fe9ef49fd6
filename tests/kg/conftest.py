"""The recogniser and the views of the sample that several modules ask about."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import pytest
from rdflib import Dataset

from kg.analysis import Network
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Entity, Target
from kg.pipeline import Extraction, extract
from kg.rdf import build_dataset
from kg.recognition import Recogniser
from tests.kg.plans import flattened, network_of, read

NamesIn = Callable[[str], set[tuple[str, str]]]
Measured = Callable[[str], list[Target]]


@pytest.fixture(scope="session")
def recogniser(knowledge: Knowledge) -> Recogniser:
    return Recogniser.of(knowledge)


@pytest.fixture(scope="session")
def names_in(recogniser: Recogniser) -> NamesIn:
    """(surface, type) of every name found in a passage by itself."""

    def names(text: str) -> set[tuple[str, str]]:
        return {(text[n.start : n.end], n.type) for n in recogniser.annotate(text)}

    return names


@pytest.fixture(scope="session")
def measured(recogniser: Recogniser) -> Measured:
    """The targets of the one step of a plan, whose cell is given."""

    def targets(cell: str) -> list[Target]:
        plan = read(
            flattened([("1", "做好日常工作。", cell, "综合科"), ("2", "做好日常工作。", "", "综合科")])
        )
        _, recognised = recogniser.recognise(plan)
        return list(recognised.items[0].targets)

    return targets


@pytest.fixture(scope="session")
def entities(sample: Extraction) -> dict[str, Entity]:
    return {entity.id: entity for entity in sample.entities}


@pytest.fixture(scope="session")
def graph(sample: Extraction) -> nx.MultiDiGraph[str]:
    return build_graph(sample.plans, sample.entities, sample.facts)


@pytest.fixture(scope="session")
def network(sample: Extraction) -> Network:
    return network_of(sample)


@pytest.fixture(scope="session")
def dataset(sample: Extraction) -> Dataset:
    return build_dataset(sample.plans, sample.entities, sample.facts)


@pytest.fixture(scope="session")
def extracted(knowledge: Knowledge) -> Callable[[str], Extraction]:
    """Everything that a text says."""
    return lambda text: extract([read(text, knowledge=knowledge)], knowledge)
