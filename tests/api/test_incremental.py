"""Whatever came before, a build is the one that would be made from nothing; and only what changed is made anew."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from api.indexing.tokens import Words
from api.service import KnowledgeService
from api.settings import Settings
from bench.gold import read_marked
from embeddings.encoder import Encoder
from kg.errors import KgError
from kg.recognition import Recogniser
from tests.api.support import FACTORY, STATIONS, plan
from tests.conftest import SAMPLE
from tests.profiles import examples

GOLD = Path(__file__).parents[2] / "bench" / "gold"
PLANS = ("gaoxin-cuoshi-2023", "heyang-kegong-2022", "nongye-2022")
QUESTIONS = ("哪些事项涉及项目建设", "9月做什么", "培训", "有哪些企业")
_DIMENSION = 24


class Hashing:
    """Stands in for the model: a text's vector comes from its hash alone."""

    name, fingerprint, dimension = "hashing", "hashing-1", _DIMENSION

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def begin(self, text: str) -> None:
        """Nothing."""

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.encoded += texts
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = [np.frombuffer(sha256(text.encode()).digest()[:_DIMENSION], dtype=np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, _DIMENSION) - 120
        unit: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def service_over(workspace: Path, encoder: Hashing | None = None) -> KnowledgeService:
    kg = KnowledgeService(Settings(workspace=workspace))
    kg.encoder = encoder or Hashing()  # type: ignore[assignment]
    return kg


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Three plans, each in two versions: the second has lost its last lines."""
    found = {}
    for name in PLANS:
        text = read_marked(GOLD / f"{name}.marked.txt").text
        found[f"{name}.txt"] = text
        found[f"{name}.txt shorter"] = text[: text.rindex("\n", 0, len(text) * 9 // 10)]
    return found


def test_the_pieces_are_plans(texts: dict[str, str], tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    for name, text in texts.items():
        kg.ingest_bytes(name.split()[0], text.encode())
    assert len(kg.documents()) == len(PLANS)


class History:
    """Random things that people do to a workspace, one after another."""

    def __init__(self, workspace: Path, texts: dict[str, str], seed: int) -> None:
        self.random = random.Random(seed)
        self.texts = texts
        self.workspace = workspace
        self.kg = service_over(workspace)
        self.done: list[str] = []

    def step(self) -> None:
        """One more thing; what makes no sense just now is refused, and changes nothing."""
        if self.random.random() < 0.15:
            # Another process goes on with what is on the disk.
            self.kg = service_over(self.workspace)
        action = self.random.choice(
            [self.ingest, self.ingest, self.remove, self.decide, self.decide, self.undo]
        )
        try:
            self.done.append(f"{action.__name__}: {action()}")
        except KgError as error:
            self.done.append(f"{action.__name__} refused: {error}")

    def ingest(self) -> str:
        name = self.random.choice(list(self.texts))
        self.kg.ingest_bytes(name.split()[0], self.texts[name].encode())
        return name

    def remove(self) -> str:
        document = self.random.choice([str(d["id"]) for d in self.kg.documents()] or ["none"])
        self.kg.remove(document)
        return document

    def decide(self) -> str:
        curator, entities = self.kg.curator, self.kg.entities()
        if not entities:
            return "nothing"
        kind = self.random.choice(
            ["merge", "split", "rename", "retype", "alias", "name", "reject", "reject one"]
        )
        several = [e for e in entities if len(e["aliases"]) > 1]
        one = self.random.choice(several if kind == "split" and several else entities)
        other = self.random.choice([e for e in entities if kind != "merge" or e["type"] == one["type"]])
        spelling = self.words()
        decisions: dict[str, Callable[[], object]] = {
            "merge": lambda: curator.merge(one["id"], other["id"], "w"),
            "split": lambda: curator.split(one["id"], self.random.choice(one["aliases"]), "w"),
            "rename": lambda: curator.rename(one["id"], self.random.choice([other["name"], spelling]), "w"),
            "retype": lambda: curator.retype(one["id"], other["type"], "w"),
            "alias": lambda: curator.add_alias(one["id"], spelling, "w"),
            "name": lambda: curator.add_name(other["type"], spelling, [one["name"]], "w"),
            "reject": lambda: curator.reject(one["id"], self.random.choice(one["aliases"]), "w"),
            "reject one": self.reject_one,
        }
        decisions[kind]()
        return f"{kind} {one['id']} {other['id']} {spelling}"

    def words(self) -> str:
        """A few characters that stand in one of the texts."""
        text = self.random.choice(list(self.texts.values()))
        at = self.random.randrange(len(text) - 4)
        return "".join(text[at : at + 4].split()) or "某某"

    def reject_one(self) -> None:
        mention = self.random.choice(self.kg.mentions())
        self.kg.curator.reject_mention(mention["document"], mention["start"], mention["end"], "w")

    def undo(self) -> str:
        in_force = [str(d["id"]) for d in self.kg.curator.decisions() if d["in_force"]]
        decision = self.random.choice(in_force or ["none"])
        self.kg.curator.undo(decision, "w")
        return decision


def from_nothing(workspace: Path, fresh: Path) -> KnowledgeService:
    """A workspace with the same documents and decisions, whose build is made at one go, without a cache."""
    shutil.copytree(workspace, fresh, ignore=shutil.ignore_patterns("builds", "cache", "state.json"))
    state = json.loads((workspace / "state.json").read_text("utf-8"))
    # The order in which documents came is no part of what they say.
    state |= {"build": None, "folder": None, "documents": state["documents"][::-1]}
    (fresh / "state.json").write_text(json.dumps(state), encoding="utf-8")
    kg = service_over(fresh)
    if state["documents"]:
        kg.ingest([], rebuild=True)
    return kg


def records(kg: KnowledgeService) -> dict[str, Any]:
    """Everything that a build holds, and some answers over it."""
    snapshot = kg.snapshot
    said = {
        "build": snapshot.build,
        "plans": snapshot.plans,
        "mentions": snapshot.mentions,
        "entities": tuple(snapshot.entities),
        "facts": snapshot.facts,
        "triples": sorted(map(repr, snapshot.rdf.quads((None, None, None, None)))),
    }
    if snapshot.build:
        levels = ("step", "item", "entity")
        said |= {f"{q} {level}": kg.search(q, level=level, top=50) for q in QUESTIONS for level in levels}
        said |= {f"ask {q}": kg.ask(q) for q in QUESTIONS}
    return said


def files(kg: KnowledgeService) -> dict[str, str]:
    """Every file of the published build with its checksum, but for those that say when files were written."""
    folder = kg.snapshot.folder
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "stamps.json"
    }


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(examples(4, 60)))
def test_a_build_is_the_one_that_would_be_made_from_nothing(
    texts: dict[str, str], tmp_path: Path, seed: int
) -> None:
    history = History(tmp_path / "workspace", texts, seed)
    history.ingest()
    history.ingest()
    for round_ in range(2):
        for _ in range(5):
            history.step()
        fresh = from_nothing(tmp_path / "workspace", tmp_path / f"fresh{round_}")
        mine, theirs = records(history.kg), records(fresh)
        for name, value in theirs.items():
            assert mine[name] == value, (name, history.done)
        if history.kg.snapshot.build:
            assert files(history.kg) == files(fresh), history.done
            # What a process has in memory is what another reads from the disk.
            assert records(service_over(tmp_path / "workspace")) == mine


# Only what changed


class Counted:
    """What recognition, the segmenter and the encoder were asked to do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.recognised: list[str] = []
        self.cut: list[str] = []
        recognise, tokens = Recogniser.recognise, Words.tokens

        def recognising(recogniser: Recogniser, plan_: Any) -> Any:
            self.recognised.append(plan_.document.id)
            return recognise(recogniser, plan_)

        def cutting(words: Words, text: str) -> list[str]:
            self.cut.append(text)
            return tokens(words, text)

        monkeypatch.setattr(Recogniser, "recognise", recognising)
        monkeypatch.setattr(Words, "tokens", cutting)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


@pytest.mark.parametrize("again", [False, True])
def test_a_decision_recognises_cuts_and_encodes_only_what_has_its_names(
    counted: Counted, tmp_path: Path, again: bool
) -> None:
    kg = service_over(tmp_path, encoder := Hashing())
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    kg.ingest_bytes("two.txt", plan(STATIONS).encode())
    if again:
        # Another process knows it from the cache.
        kg = service_over(tmp_path, encoder)
    for done in (counted.recognised, counted.cut, encoder.encoded):
        done.clear()
    decided = kg.curator.add_alias("海尔", "智慧工厂", "w")["decision"]["id"]
    assert counted.recognised == ["one"]
    assert counted.cut
    assert all("智慧工厂" in text for text in counted.cut)
    assert all("海尔" in text or "智慧工厂" in text for text in encoder.encoded)
    for done in (counted.recognised, counted.cut, encoder.encoded):
        done.clear()
    kg.curator.undo(decided, "w")
    assert (counted.recognised, counted.cut, encoder.encoded) == ([], [], [])


def test_a_plan_beside_others_is_all_that_is_read(counted: Counted, tmp_path: Path) -> None:
    kg = service_over(tmp_path, encoder := Hashing())
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    for done in (counted.recognised, counted.cut, encoder.encoded):
        done.clear()
    kg.ingest_bytes("two.txt", plan(STATIONS).encode())
    assert counted.recognised == ["two"]
    assert not any("摸底" in text for text in (*counted.cut, *encoder.encoded))


def test_knowledge_of_questions_recognises_nothing(counted: Counted, tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    counted.recognised.clear()
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "thesaurus.toml").write_text('"厂子" = ["工厂"]\n', encoding="utf-8")
    before = kg.snapshot.build
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    assert kg.snapshot.build != before
    assert counted.recognised == []


def test_a_damaged_part_of_the_build_before_is_made_anew(tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    for name in ("steps.dense/rows.npy", "steps.lexical/texts.npy"):
        (kg.snapshot.folder / name).write_bytes(b"x")
    other = service_over(tmp_path)
    other.curator.add_alias("海尔", "海尔智家", "w")
    assert service_over(tmp_path).search("海尔")["answered"]


def test_a_vector_does_not_depend_on_its_batch_or_its_order(service: KnowledgeService) -> None:
    encoder: Encoder = service.encoder
    lines = [line for line in SAMPLE.read_text("utf-8").split("\n") if line.strip()][:80]
    together = encoder.encode_passages(lines)
    backwards = encoder.encode_passages(lines[::-1])[::-1]
    alone = np.concatenate([encoder.encode_passages([line]) for line in lines[:20]])
    assert np.abs(together - backwards).max() < 1e-5
    assert np.abs(together[:20] - alone).max() < 1e-5


# What a fresh reader found


def test_a_file_of_bytes_that_an_id_was_named_after_gets_an_id_of_its_own(tmp_path: Path) -> None:
    kg = service_over(tmp_path / "workspace")
    paths = [tmp_path / name / "x.txt" for name in "abc"]
    for path in paths:
        path.parent.mkdir()
    paths[0].write_text(plan(FACTORY), encoding="utf-8")
    paths[1].write_text(plan(STATIONS), encoding="utf-8")
    paths[2].write_text(plan(STATIONS), encoding="utf-8")
    kg.ingest(paths[:2])
    paths[1].write_text(plan(FACTORY, STATIONS), encoding="utf-8")
    kg.ingest(paths[1:2])
    kg.ingest(paths[2:])
    ids = [document["id"] for document in kg.documents()]
    assert len(set(ids)) == len(ids) == 3


def test_a_name_that_only_decisions_join_breaks_no_build(tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    one = [*FACTORY[:2], "3月份：走访海尔集团和海尔公司。", *FACTORY[3:]]
    other = [*STATIONS[:2], "1月份：走访科大讯飞。", *STATIONS[3:]]
    third = ["3", "服务企业。", "1月份：走访海信。", "", "", "", "一、专人负责。", "综合科", ""]
    kg.ingest_bytes("one.txt", plan(one).encode())
    kg.ingest_bytes("other.txt", plan(other).encode())
    kg.ingest_bytes("third.txt", plan(third, other).encode())
    curator = kg.curator
    curator.split("海尔", "海尔集团", "w")
    curator.merge("海尔集团", "科大讯飞", "w")
    curator.merge("科大讯飞", "海信", "w")
    kg.remove("third")
    kg.remove("other")
    assert [document["id"] for document in kg.documents()] == ["one"]


def test_a_decision_stands_if_its_build_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as late:
        late.setattr("api.workspace.store.Workspace._forget_builds", interrupted)
        with pytest.raises(KeyboardInterrupt):
            kg.curator.add_alias("海尔", "海尔智家", "w")
    assert [d["in_force"] for d in kg.curator.decisions()] == [True]
    assert records(service_over(tmp_path)) == records(from_nothing(tmp_path, tmp_path.with_name("fresh")))


def test_an_engine_may_load_its_indexes_after_later_builds(tmp_path: Path) -> None:
    service_over(tmp_path).ingest_bytes("one.txt", plan(FACTORY).encode())
    reader, writer = service_over(tmp_path), service_over(tmp_path)
    engine = reader.engine
    for name in ("海尔智家", "海尔家电", "海尔生物"):
        writer.curator.add_alias("海尔", name, "w")
    assert engine.searcher.understand("海尔").entities == ("company:海尔",)


def test_the_name_of_a_file_is_part_of_its_build(tmp_path: Path) -> None:
    kg = service_over(tmp_path / "workspace")
    file, link = tmp_path / "plan2024.txt", tmp_path / "latest.txt"
    file.write_text(plan(FACTORY), encoding="utf-8")
    link.symlink_to(file)
    kg.ingest([link])
    kg.ingest([file])
    assert [document["name"] for document in kg.documents()] == ["plan2024.txt"]
    assert files(kg) == files(from_nothing(tmp_path / "workspace", tmp_path / "fresh"))


def test_another_encoder_is_refused_for_what_is_in_memory_too(tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    other = Hashing()
    other.fingerprint = "another"
    kg.encoder = other  # type: ignore[assignment]
    with pytest.raises(KgError, match="另一个模型"):
        kg.search("海尔")


def test_damage_does_not_spread_to_later_builds_of_a_service(tmp_path: Path) -> None:
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    kg.ingest_bytes("two.txt", plan(STATIONS).encode())
    for path in (kg.snapshot.folder / "documents").iterdir():
        path.write_bytes(b"damaged")
    kg.curator.add_alias("海尔", "海尔智家", "w")
    assert len(service_over(tmp_path).items()) == 2


def test_a_number_beyond_all_bounds_is_no_target(tmp_path: Path) -> None:
    row = [*STATIONS[:1], f"新建基站{'9' * 400}个。", *STATIONS[2:]]
    service_over(tmp_path).ingest_bytes("one.txt", plan(row).encode())
    assert service_over(tmp_path).items()[0]["targets"] == []


def test_hidden_files_of_editors_are_no_knowledge(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / ".#names.toml").symlink_to("nobody@nowhere")
    kg = service_over(tmp_path)
    kg.ingest_bytes("one.txt", plan(FACTORY).encode())
    (tmp_path / "knowledge" / "names.toml").symlink_to("nowhere")
    with pytest.raises(KgError, match=r"names\.toml”无法读取"):
        kg.ingest_bytes("one.txt", plan(FACTORY).encode())
