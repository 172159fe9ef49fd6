"""Exports: whole files that other programs read, or an earlier file that still stands."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
import rdflib

from api.errors import BadRequest
from api.service import KnowledgeService
from embeddings import files
from kg.errors import InputError
from kg.rdf import node_iri
from tests.api.support import FACTORY, is_one_sentence, plan, run, write
from tests.api.test_incremental import service_over

FORMATS = ["turtle", "jsonl", "csv", "graphml"]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def exported(service: KnowledgeService, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    for format_ in FORMATS:
        service.export(format_, folder / format_)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FORMATS)
    return {format_: folder / format_ for format_ in FORMATS}


def test_json_lines_are_the_facts(service: KnowledgeService, exported: dict[str, Path]) -> None:
    lines = exported["jsonl"].read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [fact.plain() for fact in service.facts()]


def test_csv_has_a_row_for_each_piece_of_evidence_and_its_words(
    service: KnowledgeService, exported: dict[str, Path]
) -> None:
    with exported["csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(fact["evidence"]) for fact in service.facts())
    text = service.snapshot.texts["xihaian-2021"]
    assert all(text[int(row["start"]) : int(row["end"])] == row["evidence"] for row in rows)
    assert {(r["head"], r["relation"], r["tail"]) for r in rows} == {
        (f["head"], f["relation"], f["tail"]) for f in service.facts()
    }


def test_csv_opens_in_excel_as_utf8(exported: dict[str, Path]) -> None:
    assert exported["csv"].read_bytes().startswith(b"\xef\xbb\xbfhead,")


def test_turtle_is_read_by_rdflib_and_names_every_entity(
    service: KnowledgeService, exported: dict[str, Path]
) -> None:
    graph = rdflib.Graph().parse(exported["turtle"], format="turtle")
    subjects = set(graph.subjects())
    assert [e["id"] for e in service.entities() if node_iri(e["id"]) not in subjects] == []
    assert len(set(graph.subjects(rdflib.RDF.type, rdflib.RDF.Statement))) > 300


def test_graphml_is_the_graph(service: KnowledgeService, exported: dict[str, Path]) -> None:
    # Without parallel edges NetworkX would read a simple graph.
    graph = nx.read_graphml(exported["graphml"], force_multigraph=True)
    assert set(graph.nodes) == set(service.graph.nodes)
    assert Counter((h, t, d["relation"]) for h, t, d in graph.edges(data=True)) == Counter(
        (h, t, d["relation"]) for h, t, d in service.graph.edges(data=True)
    )
    assert graph.nodes["company:海尔"]["name"] == "海尔"


def test_graphml_edges_have_ids_of_their_own(exported: dict[str, Path]) -> None:
    """The schema of GraphML wants them unique; Gephi drops edges whose id it has seen."""
    edges = ElementTree.parse(exported["graphml"]).iter("{http://graphml.graphdrawing.org/xmlns}edge")
    counted = Counter(edge.get("id") for edge in edges)
    counted.pop(None, None)
    assert [id_ for id_, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("control", ["\x01", "\x07", "\x1b", "\ufffe"])
def test_graphml_of_a_plan_with_control_characters_is_well_formed(tmp_path: Path, control: str) -> None:
    text = plan([FACTORY[0], FACTORY[1].replace("海尔", f"海尔{control}"), *FACTORY[2:]])
    kg = service_over(tmp_path / "workspace")
    kg.ingest_bytes("odd.txt", text.encode())
    assert control in kg.items()[0].content
    kg.export("graphml", tmp_path / "out.graphml")
    ElementTree.parse(tmp_path / "out.graphml")


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_workspace_gives_a_readable_file(command: Command, tmp_path: Path, format_: str) -> None:
    out = tmp_path / "out"
    assert command("export", format_, out, "--workspace", tmp_path / "none")[0] == 0
    if format_ == "turtle":
        assert len(rdflib.Graph().parse(out, format="turtle")) == 0
    elif format_ == "graphml":
        assert len(nx.read_graphml(out)) == 0
    else:
        assert len(out.read_text("utf-8").splitlines()) == (format_ == "csv")


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_is_the_same_each_time(
    service: KnowledgeService, exported: dict[str, Path], tmp_path: Path, format_: str
) -> None:
    service.export(format_, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == exported[format_].read_bytes()


def test_turtle_is_the_same_in_another_process(
    service: KnowledgeService, exported: dict[str, Path], tmp_path: Path
) -> None:
    run("export", "turtle", tmp_path / "again", workspace=service.workspace.folder)
    assert (tmp_path / "again").read_bytes() == exported["turtle"].read_bytes()


def test_a_format_may_be_written_in_capitals(kg: KnowledgeService, tmp_path: Path) -> None:
    assert kg.export("Turtle", tmp_path / "out")["format"] == "turtle"


@pytest.mark.parametrize("format_", ["", "docx", "json-ld", "TURTLE "])
def test_an_unknown_format_names_those_there_are(kg: KnowledgeService, tmp_path: Path, format_: str) -> None:
    with pytest.raises(BadRequest) as caught:
        kg.export(format_, tmp_path / "out")
    assert is_one_sentence(str(caught.value))
    assert all(known in str(caught.value) for known in FORMATS)
    assert list(tmp_path.glob("out*")) == []


def test_an_export_replaces_the_earlier_file_whole(kg: KnowledgeService, tmp_path: Path) -> None:
    out = write(tmp_path / "out", "x" * 10_000_000)
    result = kg.export("jsonl", out)
    assert out.stat().st_size == result["bytes"] < 10_000_000


def test_a_failed_export_leaves_the_earlier_file(
    kg: KnowledgeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write(tmp_path / "out.csv", "earlier")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(InputError) as caught:
        kg.export("csv", out)
    assert is_one_sentence(str(caught.value))
    assert out.read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("place", ["missing/out.csv", "/proc/out.csv", "folder"])
def test_a_place_that_cannot_be_written_is_refused(
    command: Command, workspace: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()
    code, out, err = command("export", "csv", tmp_path / place, "--workspace", workspace)
    assert code not in (0, 2)
    assert out == ""
    assert is_one_sentence(err)


@pytest.mark.parametrize("place", [".", "/", "file/out.csv", "x" * 300])
def test_an_odd_place_is_refused_in_one_sentence(
    command: Command, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "file", "x")
    code, _, err = command("export", "csv", place, "--workspace", workspace)
    assert code not in (0, 2)
    assert is_one_sentence(err)


def test_an_export_through_a_link_writes_where_it_leads(kg: KnowledgeService, tmp_path: Path) -> None:
    real, link = write(tmp_path / "real.csv", ""), tmp_path / "link.csv"
    link.symlink_to(real)
    kg.export("csv", link)
    assert link.is_symlink()
    assert real.stat().st_size > 0
