"""Names: what is one, how far it reaches, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import KnowledgeFileError
from kg.knowledge import Knowledge
from kg.model import Mention
from kg.pipeline import Extraction, extract
from kg.recognition import Recogniser
from kg.recognition.lexer import Token
from kg.recognition.ner import NerAnnotator
from tests.kg.conftest import NamesIn
from tests.kg.plans import flattened, read


def of_type(names: set[tuple[str, str]], type_: str) -> set[str]:
    return {surface for surface, found in names if found == type_}


# Every mention of the sample


def test_every_mention_quotes_what_stands_in_the_text(sample: Extraction) -> None:
    text = sample.plans[0].text
    for mention in sample.mentions:
        assert text[mention.source.start : mention.source.end] == mention.surface
        assert mention.source.line == text.count("\n", 0, mention.source.start) + 1


def test_every_mention_stands_in_the_step_and_item_it_names(sample: Extraction) -> None:
    items = {item.no: item for item in sample.plans[0].items}
    for mention in sample.mentions:
        if mention.item is None:
            assert mention.where == "title"
            continue
        item = items[mention.item]
        assert item.source.start <= mention.source.start < mention.source.end <= item.source.end
        if mention.step:
            step = next(s for s in item.steps if s.key == mention.step)
            assert step.source.start <= mention.source.start < mention.source.end <= step.source.end


def test_no_name_is_mentioned_twice_at_one_place(sample: Extraction) -> None:
    places = [(m.source.start, m.source.end, m.type) for m in sample.mentions]
    assert len(places) == len(set(places))


def test_mentions_come_in_the_order_of_the_text(sample: Extraction) -> None:
    starts = [m.source.start for m in sample.mentions]
    assert starts == sorted(starts)


NAMES_OF_THE_SAMPLE = [
    *(
        ("Company", n)
        for n in (
            "海尔",
            "海信",
            "澳柯玛",
            "特锐德",
            "商汤科技",
            "科大讯飞",
            "明月海藻",
            "益凯",
            "美锦新能源",
            "深兰科技",
        )
    ),
    *(("Company", n) for n in ("中国电信", "金能科技", "金能化学", "宸芯科技", "赛轮", "西门子")),
    *(("Platform", n) for n in ("宸芯科技国家重点实验室", "新松智能无人系统创新研究院", "西门子创新中心")),
    *(("Platform", n) for n in ("瑞源协同机器人产业园", "商汤超算中心", "产业大数据决策与服务平台")),
    *(
        ("Project", n)
        for n in ("中国电信云基地二期", "集装箱生产线技改提升项目", "挖掘机制造过程自动化升级项目")
    ),
    *(("Program", n) for n in ("链长制", "揭榜挂帅", "倍增计划", "一网通办", "亩均论英雄")),
    *(("Topic", n) for n in ("人工智能", "大数据", "区块链", "集成电路", "空天科技")),
    *(("Organization", n) for n in ("市发改委", "区财政局", "市科技局", "省科技厅", "区发改局")),
    *(
        ("PolicyDocument", n)
        for n in ("《青岛西海岸新区政务信息资源目录管理办法》", "《研发费用加计扣除政策明白纸》")
    ),
]


@pytest.mark.parametrize(("type_", "name"), NAMES_OF_THE_SAMPLE, ids=[n for _, n in NAMES_OF_THE_SAMPLE])
def test_a_name_is_found_everywhere_it_stands_in_steps_and_contents(
    type_: str, name: str, sample: Extraction
) -> None:
    plan = sample.plans[0]
    spans = [i.content_source for i in plan.items] + [s.source for i in plan.items for s in i.steps]
    standing = {
        span.start + match.start()
        for span in spans
        for match in re.finditer(re.escape(name), plan.text[span.start : span.end])
    }
    covered = {
        start
        for start in standing
        for m in sample.mentions
        # A longer name of the same type may take it in: 企业倍增计划.
        if m.type == type_ and m.source.start <= start and start + len(name) <= m.source.end
    }
    assert standing
    assert standing - covered == set()


NO_NAMES_OF_THE_SAMPLE = [
    "重点项目",
    "科技创新平台",
    "孵化平台",
    "加速平台",
    "高企",
    "重点企业",
    "技改项目",
    "大学园区",
    "本地配套率",
]


@pytest.mark.parametrize("word", NO_NAMES_OF_THE_SAMPLE)
def test_a_class_word_of_the_sample_names_nothing(word: str, sample: Extraction) -> None:
    assert word in sample.plans[0].text
    assert [m.surface for m in sample.mentions if m.surface == word] == []


# Classes, nesting, lists


@pytest.mark.parametrize(
    "text",
    [
        "加快重点项目建设。",
        "做好科技创新平台认定工作。",
        "借助孵化平台，动员企业申报高企。",
        "组织召开会议，制定工作方案。",
        "加强重点企业服务，提升企业发展信心。",
        "推进各类公共服务平台建设。",
    ],
)
def test_class_words_are_no_names(text: str, names_in: NamesIn) -> None:
    assert names_in(text) == set()


def test_names_inside_a_name_are_found_too(names_in: NamesIn) -> None:
    found = names_in("加快推进海尔工业互联网平台建设。")
    assert {("海尔", "Company"), ("工业互联网", "Topic"), ("海尔工业互联网平台", "Platform")} <= found


def test_the_phase_of_a_platform_is_a_project(names_in: NamesIn) -> None:
    found = names_in("推进中国电信云基地二期建设。")
    assert ("中国电信云基地二期", "Project") in found
    assert ("中国电信云基地", "Platform") in found
    assert ("中国电信", "Company") in found


def test_every_company_of_an_enumeration_is_found(names_in: NamesIn) -> None:
    found = names_in("走访海尔、海信、特锐德等青岛市优秀企业。")
    assert {"海尔", "海信", "特锐德"} <= of_type(found, "Company")


def test_a_short_name_is_known_by_the_company_it_keeps(names_in: NamesIn) -> None:
    found = names_in("加快推进海尔、益凯等重点企业倍增。")
    assert {"海尔", "益凯"} <= of_type(found, "Company")


def test_platforms_that_share_their_abbreviation_are_both_found(names_in: NamesIn) -> None:
    found = of_type(names_in("推进海尔AI平台建设，搭建工业AI平台。"), "Platform")
    assert found == {"海尔AI平台", "工业AI平台"}


def test_each_name_of_a_list_of_projects_is_one(names_in: NamesIn) -> None:
    text = "重点跟进挖掘机制造过程自动化升级项目、集装箱生产线技改提升项目等进展。"
    assert {"挖掘机制造过程自动化升级项目", "集装箱生产线技改提升项目"} <= of_type(names_in(text), "Project")


def test_a_title_in_marks_is_a_document(names_in: NamesIn) -> None:
    assert ("《临江县冷链物流发展规划》", "PolicyDocument") in names_in("起草《临江县冷链物流发展规划》。")


def test_the_verb_before_a_name_is_no_part_of_it(names_in: NamesIn) -> None:
    found = {surface for surface, _ in names_in("加快推进宸芯科技国家重点实验室建设。")}
    assert "宸芯科技国家重点实验室" in found
    assert not any(surface.startswith(("加快", "推进")) for surface in found)


def test_an_abbreviation_inside_a_longer_one_is_none(names_in: NamesIn) -> None:
    assert of_type(names_in("完成PAID系统与15G设备采购。"), "Topic") == set()


def test_full_width_letters_are_letters(names_in: NamesIn) -> None:
    assert ("５Ｇ", "Topic") in names_in("建设５Ｇ基站。")


def test_a_common_word_that_is_a_company_too_needs_company(names_in: NamesIn) -> None:
    assert of_type(names_in("扩大大众消费，种植小米。"), "Company") == set()


def test_a_name_given_away_once_is_found_everywhere(extracted: Callable[[str], Extraction]) -> None:
    rows = [
        ("1", "支持海尔、益凯等重点企业发展。", "3月：走访企业。", "工业科"),
        ("2", "做好服务工作。", "6月：走访益凯，了解生产情况。", "工业科"),
    ]
    mentions = extracted(flattened(rows)).mentions
    assert [m.item for m in mentions if m.surface == "益凯"] == [1, 2]


def test_the_responsible_units_are_mentions_where_they_stand(extracted: Callable[[str], Extraction]) -> None:
    rows = [("1", "办好商贸节。", "3月：选址。", "流通科、财务科")]
    found = [m for m in extracted(flattened(rows)).mentions if m.type == "Section"]
    assert [m.surface for m in found] == ["流通科", "财务科"]


# A user's own words


def gazetteer(folder: Path) -> Knowledge:
    (folder / "gazetteer.toml").write_text('[Company]\n"春潮" = ["春潮渔场"]\n', encoding="utf-8")
    (folder / "topics-local.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix x: <https://example.org/> .\n"
        'x:s a skos:ConceptScheme .\nx:t a skos:Concept ; skos:inScheme x:s ; skos:prefLabel "贝类育苗"@zh .\n',
        encoding="utf-8",
    )
    return Knowledge().with_folder(folder)


TEXT = flattened([("1", "推广贝类育苗。", "3月：走访春潮渔场，调研春潮。", "渔业科")])


def named(knowledge: Knowledge) -> list[Mention]:
    return list(extract([read(TEXT, knowledge=knowledge)], knowledge).mentions)


def test_words_of_a_users_folder_are_found(tmp_path: Path) -> None:
    found = {(m.surface, m.entity) for m in named(gazetteer(tmp_path))}
    assert {
        ("春潮", "company:春潮"),
        ("春潮渔场", "company:春潮"),
        ("贝类育苗", "topic:贝类育苗"),
    } <= found


def test_without_the_users_folder_its_words_are_unknown(knowledge: Knowledge) -> None:
    assert {m.entity for m in named(knowledge)} & {"company:春潮", "topic:贝类育苗"} == set()


def test_the_users_words_add_to_ours(tmp_path: Path) -> None:
    names = Recogniser.of(gazetteer(tmp_path)).annotate("走访海尔，推广人工智能。")
    assert {n.type for n in names} == {"Company", "Topic"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("gazetteer.toml", "[Company\n"), ("topics-x.ttl", "这不是 Turtle"), ("plan.toml", "headers = [")],
)
def test_a_broken_file_of_the_user_is_named(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    knowledge = Knowledge().with_folder(tmp_path)
    with pytest.raises(KnowledgeFileError, match=re.escape(name)):
        extract([read(TEXT, knowledge=knowledge)], knowledge)


def test_the_sample_names_no_company_that_a_cut_between_words_made(sample: Extraction) -> None:
    """企业倍增计划中新投资项目: in the plan, newly invested projects."""
    assert [m.surface for m in sample.mentions if m.surface.startswith("中新")] == []


def test_an_office_named_by_its_rank_is_found_in_the_sample(sample: Extraction) -> None:
    assert "区招商中心" in {m.surface for m in sample.mentions}


def test_the_ordinal_of_a_paragraph_is_no_part_of_a_name(names_in: NamesIn) -> None:
    found = {
        surface
        for surface, _ in names_in("（1）推进软件技术专业建设\n\n（2）省级产教融合平台年度目标完成情况自查")
    }
    assert not any(surface.startswith("（") for surface in found)


def test_a_name_with_and_inside_is_whole_in_the_sample(sample: Extraction) -> None:
    assert "光电显示产业工作专班" not in {m.surface for m in sample.mentions}


def test_the_owner_of_a_phase_is_a_company_without_a_list(names_in: NamesIn) -> None:
    assert "金能科技" in of_type(names_in("加快金能科技一期项目建设。"), "Company")


OFFICES = ["市住房和城乡建设局", "县农业农村局", "县自然资源和规划局", "区财政局", "省卫生健康委员会"]


@pytest.mark.parametrize("office", OFFICES)
def test_the_full_name_of_an_office_is_found(office: str, names_in: NamesIn) -> None:
    assert of_type(names_in(f"对接{office}。"), "Organization") == {office}


@pytest.mark.parametrize("office", ["市发展和改革委员会", "市工业和信息化局"])
def test_an_office_with_and_in_its_name_is_found(office: str, names_in: NamesIn) -> None:
    assert of_type(names_in(f"对接{office}。"), "Organization") == {office}


def test_a_verb_and_the_rank_of_an_office_are_no_place(names_in: NamesIn) -> None:
    assert of_type(names_in("会同市工业和信息化局。"), "Place") == set()


def test_a_verb_that_lac_joined_to_an_office_is_no_part_of_it(names_in: NamesIn) -> None:
    assert of_type(names_in("联系县农业农村局。"), "Organization") == {"县农业农村局"}


def test_no_mention_of_the_sample_begins_with_the_verb_before_it(sample: Extraction) -> None:
    verbs = ("汇同", "会同", "推进", "加快", "统筹", "联系", "对接", "报送", "支持", "依托", "配合")
    assert [m.surface for m in sample.mentions if m.surface.startswith(verbs)] == []


def test_a_region_that_is_nothing_but_its_ending_is_no_place() -> None:
    annotator = NerAnnotator.of(Knowledge())
    assert list(annotator.names_in("地区", [Token(0, 2, "地区", "LOC")])) == []


# Names of other bureaus


NAMES = [
    ("实施科技强区建设行动。", "科技强区建设行动", "Program"),
    ("组织科技活动周。", "科技活动周", "Event"),
    ("举办全国节能宣传周活动。", "全国节能宣传周", "Event"),
    ("召开院第四届教代会。", "第四届教代会", "Event"),
    ("实施“头雁”培育计划。", "头雁", "Program"),
    ("推行“不见面申领”。", "不见面申领", "Program"),
    ("升级“一键游临江”，优化线路。", "一键游临江", "Platform"),
    ("完成省评价系统数据上传。", "省评价系统", "Platform"),
    ("与临江中德国际合作区共建。", "临江中德国际合作区", "Place"),
    ("推进5G高新视频实验园区建设。", "5G高新视频实验园区", "Platform"),
    ("高标准建设磐锋智能制造产业园。", "磐锋智能制造产业园", "Platform"),
    ("充分运用人民银行专项再贷款。", "人民银行", "Organization"),
    ("由市发展改革委和市市场监管局负责。", "市市场监管局", "Organization"),
    ("由市商务局会同市财政局解释。", "市财政局", "Organization"),
    ("对接中国科学院南京地质古生物研究所。", "中国科学院南京地质古生物研究所", "Organization"),
    ("现印发省政府关于促进外贸稳定发展的若干措施。", "关于促进外贸稳定发展的若干措施", "PolicyDocument"),
    ("沿京港澳高速公路布局。", "京港澳高速公路", "Place"),
    ("支持磐锋密炼车间自动化改造项目建设。", "磐锋密炼车间自动化改造项目", "Project"),
]


@pytest.mark.parametrize(("text", "name", "type_"), NAMES, ids=[name for _, name, _ in NAMES])
def test_a_name_of_another_bureau_is_found_whole(text: str, name: str, type_: str, names_in: NamesIn) -> None:
    found = names_in(text)
    if type_ == "PolicyDocument":
        assert any(surface.endswith(name) for surface in of_type(found, type_))
    else:
        assert name in of_type(found, type_)


@pytest.mark.parametrize(
    "text",
    [
        "推出一批典型示范项目。",
        "推动农村危房改造、棚户区改造等工程建设。",
        "申报素质教育精品项目。",
        "各省、自治区、直辖市人民政府要加强领导。",
        "各县（市）区人民政府负责落实。",
        "带动贫困地区产业发展。",
        "财政部门加强监管。",
        "围绕“十四五”规划做好研究。",
    ],
)
def test_classes_and_collectives_name_nothing(text: str, names_in: NamesIn) -> None:
    kinds = ("Project", "Platform", "Organization", "Topic", "Program", "Company")
    assert {(s, t) for s, t in names_in(text) if t in kinds} == set()


def test_a_country_that_only_begins_a_name_is_no_place(names_in: NamesIn) -> None:
    assert ("中国", "Place") in names_in("落户中国。")
    assert ("中国", "Place") not in names_in("参加中国软件名城评选。")


def test_a_unit_of_a_responsible_cell_is_an_organisation_in_running_text(
    extracted: Callable[[str], Extraction],
) -> None:
    rows = [
        ("1", "养护河道。", "3月：县水文站开展监测。", "县水利局"),
        ("2", "监测水质。", "3月：监测。", "县水文站"),
    ]
    mentions = extracted(flattened(rows)).mentions
    assert {(m.type, m.where) for m in mentions if m.surface == "县水文站"} == {
        ("Organization", "step"),
        ("Section", "section"),
    }


def test_an_owner_and_what_it_builds_stand_in_a_list_of_projects(names_in: NamesIn) -> None:
    found = names_in("加快磐润封测等重点项目建设。")
    assert {("磐润封测", "Project"), ("磐润", "Company")} <= found


def test_a_place_of_the_document_is_no_company(extracted: Callable[[str], Extraction]) -> None:
    rows = [("1", "做强霖海轴承产业。", "3月：霖海县工信局调研霖海轴承产业。", "工业科")]
    mentions = extracted(flattened(rows)).mentions
    assert "霖海轴承" not in {m.surface for m in mentions if m.type == "Company"}
