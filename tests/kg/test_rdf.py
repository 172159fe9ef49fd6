"""The same facts as RDF: counted, looked up one by one, and read back from text."""

from __future__ import annotations

import networkx as nx
import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from kg.model import Entity, item_id
from kg.pipeline import Extraction
from kg.rdf import NODE, WP, build_dataset, document_graph, merged, node_iri


@pytest.fixture(scope="module")
def whole(dataset: Dataset) -> Graph:
    return merged(dataset)


def test_every_fact_is_a_triple(whole: Graph, sample: Extraction) -> None:
    for fact in sample.facts:
        assert (node_iri(fact.head), WP[fact.relation], node_iri(fact.tail)) in whole


def test_there_are_as_many_statements_as_facts_and_edges(
    whole: Graph, sample: Extraction, graph: nx.MultiDiGraph[str]
) -> None:
    statements = set(whole.subjects(RDF.type, RDF.Statement))
    assert len(statements) == len(sample.facts) == graph.number_of_edges()


def test_every_statement_tells_an_edge_of_the_graph(whole: Graph, graph: nx.MultiDiGraph[str]) -> None:
    edges = {(node_iri(a), WP[relation], node_iri(b)) for a, b, relation in graph.edges(keys=True)}
    triples = {
        (whole.value(s, RDF.subject), whole.value(s, RDF.predicate), whole.value(s, RDF.object))
        for s in whole.subjects(RDF.type, RDF.Statement)
    }
    assert triples == edges


def test_every_statement_carries_all_its_evidence(whole: Graph, sample: Extraction) -> None:
    offsets: dict[tuple[URIRef, URIRef, URIRef], set[tuple[int, int]]] = {}
    for s in whole.subjects(RDF.type, RDF.Statement):
        key = (whole.value(s, RDF.subject), whole.value(s, RDF.predicate), whole.value(s, RDF.object))
        offsets[key] = {
            (whole.value(e, WP.start).toPython(), whole.value(e, WP.end).toPython())
            for e in whole.objects(s, WP.evidence)
        }
    for fact in sample.facts:
        key = (node_iri(fact.head), WP[fact.relation], node_iri(fact.tail))
        assert offsets[key] == {(span.start, span.end) for span in fact.evidence}


def test_every_entity_has_its_labels(whole: Graph, sample: Extraction) -> None:
    for entity in sample.entities:
        node = node_iri(entity.id)
        assert set(whole.objects(node, SKOS.prefLabel)) == {Literal(entity.name, lang="zh")}
        others = {Literal(a, lang="zh") for a in entity.aliases if a != entity.name}
        assert set(whole.objects(node, SKOS.altLabel)) == others


def test_every_node_of_a_fact_has_a_class(whole: Graph, sample: Extraction) -> None:
    for fact in sample.facts:
        for node in (fact.head, fact.tail):
            assert (node_iri(node), RDF.type, None) in whole


def test_turtle_read_back_is_the_same_graph(whole: Graph) -> None:
    again = Graph().parse(data=whole.serialize(format="turtle"), format="turtle")
    assert len(again) == len(whole)
    # Without blank nodes, graphs are isomorphic where their triples are equal.
    assert not any(isinstance(term, BNode) for triple in whole for term in triple)
    assert set(again) == set(whole)


# rdflib warns of its own serialiser.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_quads_read_back_are_the_same_dataset(dataset: Dataset) -> None:
    again = Dataset()
    again.parse(data=dataset.serialize(format="nquads"), format="nquads")
    assert len(list(again.quads())) == len(list(dataset.quads()))


def test_the_facts_of_a_document_stand_in_its_graph(dataset: Dataset) -> None:
    named = dataset.graph(document_graph("xihaian-2021"))
    assert len(list(named.objects(predicate=DCTERMS.hasPart))) == 27


def test_every_iri_is_plain_ascii(whole: Graph) -> None:
    for triple in whole:
        for term in triple:
            assert not isinstance(term, URIRef) or str(term).isascii()


@pytest.mark.parametrize("name", ["海尔", "“互联网+”大赛", "a b<c>#d?e%f", "一/二", "{甲}|乙\\丙^`"])
def test_any_name_makes_an_iri_of_its_own(name: str) -> None:
    iri = node_iri(f"company:{name}")
    assert str(iri).startswith(str(NODE))
    # rdflib refuses to write an IRI that is none.
    assert iri.n3() == f"<{iri}>"
    assert Graph().parse(data=f"{iri.n3()} a {WP.Company.n3()} .", format="turtle")


def test_hand_made_records_become_triples() -> None:
    entity = Entity("company:海尔", "Company", "海尔", ("海尔", "海尔集团"))
    known = merged(build_dataset([], [entity], []))
    assert (node_iri("company:海尔"), SKOS.altLabel, Literal("海尔集团", lang="zh")) in known


def test_sparql_finds_the_items_of_a_section(whole: Graph) -> None:
    rows = whole.query(
        "SELECT ?item WHERE { ?item wp:responsible ?section . ?section skos:prefLabel '工业科'@zh }",
        initNs={"wp": WP, "skos": SKOS},
    )
    # Those whose cell says 工业科, and the one that says 工业.
    expected = {node_iri(item_id("xihaian-2021", no)) for no in (12, 13, 14, 15, 17, 22, 26)}
    assert {row[0] for row in rows} == expected


def test_every_topic_has_a_label(whole: Graph) -> None:
    unnamed = [t for t in set(whole.subjects(RDF.type, WP.Topic)) if (t, SKOS.prefLabel, None) not in whole]
    assert unnamed == []
