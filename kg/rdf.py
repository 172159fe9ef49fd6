"""The same facts as RDF: one named graph a document, one for what is known of entities.

Classes and properties are of W3C vocabularies where one fits: a plan is a P-PLAN plan and a
PROV-O entity, steps are P-PLAN steps, sections and organisations are ORG units, topics are SKOS
concepts. Each fact is also an ``rdf:Statement`` that carries its evidence, so that the exact words
can be cited (RDF Schema 1.1, section 5.3, reification).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from urllib.parse import quote

from rdflib import Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, ORG, PROV, RDF, RDFS, SKOS, XSD

from kg.model import Entity, Fact, Item, Plan, Span, document_id, parse_id, step_id, target_id

BASE = "https://w3id.org/workplan-kg/"
WP = Namespace(BASE + "ontology#")
NODE = Namespace(BASE + "id/")
PPLAN = Namespace("http://purl.org/net/p-plan#")
ENTITIES = URIRef(BASE + "graph/entities")

_CLASSES: dict[str, tuple[URIRef, ...]] = {
    "Document": (WP.Document, PPLAN.Plan, PROV.Entity),
    "Item": (WP.Item, PPLAN.Plan),
    "Step": (WP.Step, PPLAN.Step),
    "Target": (WP.Target,),
    "Month": (WP.Month,),
    "Section": (WP.Section, ORG.OrganizationalUnit),
    "Organization": (WP.Organization, ORG.FormalOrganization),
    "Company": (WP.Company, ORG.Organization),
    "Topic": (WP.Topic, SKOS.Concept),
}
_STANDARD: dict[str, URIRef] = {
    "has_item": DCTERMS.hasPart,
    "precedes": PPLAN.isPrecededBy,
    "part_of": DCTERMS.isPartOf,
    "broader": SKOS.broader,
}
_INVERSE = frozenset({"precedes"})


def node_iri(node: str) -> URIRef:
    """The IRI of a node id such as ``company:海尔``; percent-encoded, stable from build to build."""
    return NODE[quote(node, safe=":/")]


def build_dataset(plans: Sequence[Plan], entities: Iterable[Entity], facts: Iterable[Fact]) -> Dataset:
    """All records and facts as one dataset.

    Returns:
        A named graph a document, with its records and the facts that it shows, and :data:`ENTITIES` with what is
        known of entities whatever the document.
    """
    dataset = Dataset()
    for prefix, namespace in {"wp": WP, "id": NODE, "p-plan": PPLAN, "org": ORG, "prov": PROV}.items():
        dataset.bind(prefix, namespace)
    known = dataset.graph(ENTITIES)
    for entity in entities:
        _add_entity(known, entity)
    for plan in plans:
        _add_plan(dataset.graph(document_graph(plan.document.id)), plan)
    for fact in facts:
        for document in dict.fromkeys(span.document for span in fact.evidence):
            _add_fact(dataset.graph(document_graph(document)), fact, document)
    return dataset


def document_graph(document: str) -> URIRef:
    """The name of a document's graph."""
    return URIRef(BASE + "graph/" + quote(document))


def merged(dataset: Dataset) -> Graph:
    """All named graphs as one, for formats without graphs such as Turtle."""
    graph = Graph()
    for prefix, namespace in dataset.namespaces():
        graph.bind(prefix, namespace)
    for subject, predicate, value, _ in dataset.quads((None, None, None, None)):
        graph.add((subject, predicate, value))
    return graph


def _classes(graph: Graph, node: URIRef, type_: str) -> None:
    for class_ in _CLASSES.get(type_, (WP[type_],)):
        graph.add((node, RDF.type, class_))


def _add_entity(graph: Graph, entity: Entity) -> None:
    node = node_iri(entity.id)
    _classes(graph, node, entity.type)
    graph.add((node, SKOS.prefLabel, Literal(entity.name, lang="zh")))
    for alias in entity.aliases:
        if alias != entity.name:
            graph.add((node, SKOS.altLabel, Literal(alias, lang="zh")))


def _add_plan(graph: Graph, plan: Plan) -> None:
    document = node_iri(document_id(plan.document.id))
    _classes(graph, document, "Document")
    graph.add((document, DCTERMS.title, Literal(plan.document.title, lang="zh")))
    graph.add((document, WP.digest, Literal(plan.document.digest)))
    for item in plan.items:
        _add_item(graph, item)


def _add_item(graph: Graph, item: Item) -> None:
    node = node_iri(item.id)
    _classes(graph, node, "Item")
    graph.add((node, WP.number, Literal(item.no)))
    graph.add((node, RDFS.label, Literal(item.content, lang="zh")))
    if item.hotline:
        graph.add((node, WP.hotline, Literal(item.hotline)))
    for step in item.steps:
        part = node_iri(step_id(item.document, step.key))
        _classes(graph, part, "Step")
        graph.add((part, RDFS.label, Literal(step.text, lang="zh")))
        graph.add((part, PPLAN.isStepOfPlan, node))
        graph.add((part, WP.key, Literal(step.key)))
    for ordinal, target in enumerate(item.targets, 1):
        goal = node_iri(target_id(item.document, item.no, ordinal))
        _classes(graph, goal, "Target")
        graph.add((goal, RDFS.label, Literal(target.text, lang="zh")))
        graph.add((goal, WP.value, Literal(target.number, datatype=XSD.double)))
        graph.add((goal, WP.unit, Literal(target.unit)))
        graph.add((goal, WP.comparator, Literal(target.comparator)))


def _add_fact(graph: Graph, fact: Fact, document: str) -> None:
    head, tail = node_iri(fact.head), node_iri(fact.tail)
    for node in (fact.head, fact.tail):
        kind, name = parse_id(node)
        # These may be known by facts alone: a broader topic, a month, a further unit.
        if kind in ("month", "topic", "section"):
            _classes(graph, node_iri(node), kind.capitalize())
            if kind != "month":
                graph.add((node_iri(node), SKOS.prefLabel, Literal(name, lang="zh")))
    graph.add((head, WP[fact.relation], tail))
    standard = _STANDARD.get(fact.relation)
    if standard:
        graph.add((tail, standard, head) if fact.relation in _INVERSE else (head, standard, tail))
    statement = NODE["fact/" + sha256(f"{fact.head}\n{fact.relation}\n{fact.tail}".encode()).hexdigest()[:24]]
    graph.add((statement, RDF.type, RDF.Statement))
    graph.add((statement, RDF.subject, head))
    graph.add((statement, RDF.predicate, WP[fact.relation]))
    graph.add((statement, RDF.object, tail))
    graph.add((statement, WP.method, Literal(fact.method)))
    for span in fact.evidence:
        if span.document == document:
            _add_evidence(graph, statement, span)


def _add_evidence(graph: Graph, statement: URIRef, span: Span) -> None:
    # An RFC 5147 text fragment names the characters of the decoded text.
    source = node_iri(document_id(span.document))
    quotation = URIRef(f"{source}#char={span.start},{span.end}")
    graph.add((statement, WP.evidence, quotation))
    graph.add((quotation, PROV.wasQuotedFrom, source))
    graph.add((quotation, WP.line, Literal(span.line)))
    graph.add((quotation, WP.start, Literal(span.start)))
    graph.add((quotation, WP.end, Literal(span.end)))
