"""Words of a text with a dictionary in arrays, beside jieba with its own."""

import logging
import random

import jieba
import pytest
from jieba import posseg

from api.indexing.segmenter import Dictionary, Segmenter
from tests.conftest import SAMPLE

jieba.setLogLevel(logging.WARNING)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.over(Dictionary.shipped())


def test_texts_are_cut_as_jieba_cuts_them(segmenter: Segmenter) -> None:
    lines = [line for line in SAMPLE.read_text(encoding="utf-8-sig").splitlines() if line][:300]
    for line in [*lines, "", "a1-b 2.0%的3d打印", "𠮷野家"]:
        assert segmenter.cut(line) == list(jieba.cut(line))


def test_names_are_kept_whole(segmenter: Segmenter) -> None:
    text = "澳柯玛智慧冷链和澳柯玛"
    cut = list(segmenter.knowing(["澳柯玛智慧冷链", "澳柯玛"], text).cut(text))
    assert cut == ["澳柯玛智慧冷链", "和", "澳柯玛"]


def test_parts_of_speech_are_those_of_jieba(segmenter: Segmenter) -> None:
    words = random.Random(0).sample(sorted(jieba.dt.FREQ), 2000)
    for word in [*words, "企业融资", "kg", "3月", "怎么", "出国访问"]:
        cut = posseg.lcut(word)
        assert segmenter.part_of_speech(word) == (cut[0].flag if len(cut) == 1 else ""), word


def test_what_is_no_word_has_no_count(segmenter: Segmenter) -> None:
    assert segmenter.frequencies.get("企业", 0) > 0
    assert "企业企业企业" not in segmenter.frequencies
