"""Which names are one thing, and why; and which stay apart however alike they look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.knowledge import Knowledge
from kg.model import Entity, Mention, Span, entity_id
from kg.pipeline import Extraction
from kg.resolution import resolve
from tests.kg.plans import flattened

Extracted = Callable[[str], Extraction]


def aliases(extraction: Extraction, id_: str) -> set[str]:
    return next((set(e.aliases) for e in extraction.entities if e.id == id_), set())


def ids(extraction: Extraction) -> set[str]:
    return {entity.id for entity in extraction.entities}


# The sample


@pytest.mark.parametrize(
    ("id_", "names"),
    [
        ("company:金能", {"金能", "金能科技", "金能化学"}),
        ("company:澳柯玛", {"澳柯玛", "澳柯玛集团"}),
        ("company:商汤", {"商汤", "商汤科技"}),
        ("place:青岛西海岸新区", {"青岛西海岸新区", "新区", "西海岸"}),
        ("platform:西门子创新中心", {"西门子创新中心", "西门子科创中心"}),
        ("platform:宸芯科技国家重点实验室", {"宸芯科技国家重点实验室", "宸芯科技重点实验室"}),
        ("platform:新松智能无人系统创新研究院", {"新松智能无人系统创新研究院", "智能无人系统创新研究院"}),
        ("program:先进制造业赋能攻坚战", {"先进制造业赋能攻坚战", "先进制造赋能攻坚"}),
        ("section:工业科", {"工业科"}),
    ],
)
def test_names_of_one_thing_are_one_entity(id_: str, names: set[str], entities: dict[str, Entity]) -> None:
    assert names <= set(entities[id_].aliases)


def test_every_alias_stands_in_the_text(sample: Extraction) -> None:
    surfaces = {"".join(m.surface.split()).strip("《》") for m in sample.mentions}
    for entity in sample.entities:
        if entity.type != "Section":
            assert set(entity.aliases) - {entity.name} <= surfaces


def test_every_alias_has_its_reason(sample: Extraction) -> None:
    for entity in sample.entities:
        # The name that the others were joined to needs none.
        joined = set(entity.aliases) - set(entity.reasons)
        assert len(joined) <= 1, entity
        assert all(entity.reasons.values())


def test_no_alias_is_shared_by_two_entities_of_a_type(sample: Extraction) -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    for entity in sample.entities:
        for alias in entity.aliases:
            owners.setdefault((entity.type, alias), set()).add(entity.id)
    assert {key: found for key, found in owners.items() if len(found) > 1} == {}


def test_ids_are_made_of_type_and_name(sample: Extraction) -> None:
    assert all(e.id == entity_id(e.type, e.name) for e in sample.entities)
    assert len({e.id for e in sample.entities}) == len(sample.entities)


def test_every_mention_names_its_entity(sample: Extraction, entities: dict[str, Entity]) -> None:
    for mention in sample.mentions:
        entity = entities[mention.entity]
        assert (mention.name, mention.type) == (entity.name, entity.type)
        if mention.type != "Section":
            assert "".join(mention.surface.split()).strip("《》") in entity.aliases


def test_a_short_project_is_the_owners_project_of_the_item(
    sample: Extraction, entities: dict[str, Entity]
) -> None:
    """金能项目 and 金能一期项目 in the item on 金能科技一期."""
    (project,) = {
        m.entity for m in sample.mentions if m.item == 15 and m.type == "Project" and "金能" in m.surface
    }
    assert {"金能科技一期", "金能一期项目", "金能项目"} <= set(entities[project].aliases)


# Synthetic plans


def test_platforms_of_different_owners_stay_two(knowledge: Knowledge) -> None:
    """Nothing is joined on what is left after stripping Chinese: both would be AI."""

    def mention(start: int, surface: str) -> Mention:
        span = Span("p", 1, start, start + len(surface))
        return Mention(span, surface, "Platform", "content", 1, None, "grammar", 0.8)

    found, _ = resolve([mention(0, "海尔AI平台"), mention(9, "工业AI平台")], lambda t, s: None, knowledge)
    assert [entity.aliases for entity in found] == [("工业AI平台",), ("海尔AI平台",)]


def test_companies_that_differ_in_more_than_their_ending_stay_two(extracted: Extracted) -> None:
    rows = [("1", "走访海信、海尔等优秀企业。", "3月：走访海信集团。", "工业科")]
    extraction = extracted(flattened(rows))
    assert aliases(extraction, "company:海信") == {"海信", "海信集团"}
    assert aliases(extraction, "company:海尔") == {"海尔"}


def test_the_full_name_and_the_short_one_of_a_company_are_one(extracted: Extracted) -> None:
    rows = [("1", "支持海尔、磐锋科技等重点企业发展。", "3月：走访海尔、磐锋等重点企业。", "工业科")]
    assert {"磐锋", "磐锋科技"} <= aliases(extracted(flattened(rows)), "company:磐锋")


def test_offices_under_full_and_short_names_are_one(extracted: Extracted) -> None:
    rows = [("1", "优化投资服务。", "3月：市发展和改革委员会印发通知。\n6月：报送市发改委。", "投资科")]
    extraction = extracted(flattened(rows))
    (office,) = {m.entity for m in extraction.mentions if m.type == "Organization" and m.item}
    assert aliases(extraction, office) == {"市发展和改革委员会", "市发改委"}


def test_offices_of_city_and_province_stay_two(extracted: Extracted) -> None:
    rows = [("1", "优化投资服务。", "3月：对接市科技局。\n6月：对接省科技厅。", "投资科")]
    mentions = extracted(flattened(rows)).mentions
    offices = {m.entity for m in mentions if m.type == "Organization" and m.item}
    assert len(offices) == 2


def test_the_own_area_is_the_one_the_document_names(extracted: Extracted) -> None:
    rows = [("1", "推进雄安新区数字经济发展。", "3月：建设新区数据库。", "信息科")]
    extraction = extracted(flattened(rows))
    assert {"雄安新区", "新区"} <= aliases(extraction, "place:雄安新区")


def test_the_own_area_of_two_candidates_is_neither(extracted: Extracted) -> None:
    rows = [("1", "对标雄安新区、浦东新区。", "3月：建设新区数据库。", "信息科")]
    extraction = extracted(flattened(rows))
    assert aliases(extraction, "place:雄安新区") == {"雄安新区"}
    assert aliases(extraction, "place:浦东新区") == {"浦东新区"}


def test_phases_of_a_project_stay_two(extracted: Extracted) -> None:
    rows = [
        ("1", "推进中国电信云基地一期、中国电信云基地二期建设。", "3月：验收中国电信云基地一期。", "信息科")
    ]
    found = ids(extracted(flattened(rows)))
    assert {"project:中国电信云基地一期", "project:中国电信云基地二期"} <= found


def test_a_document_is_one_with_and_without_its_marks(extracted: Extracted) -> None:
    rows = [
        ("1", "优化投资服务。", "3月：起草《冷链物流发展规划》。\n6月：印发《冷链物流发展规划》。", "投资科")
    ]
    assert "policydocument:冷链物流发展规划" in ids(extracted(flattened(rows)))


def test_every_unit_of_a_list_is_an_entity(extracted: Extracted) -> None:
    rows = [("1", "办好商贸节。", "3月：选址。", "县商务局、县财政局")]
    sections = {i for i in ids(extracted(flattened(rows))) if i.startswith("section:")}
    assert sections == {"section:县商务局", "section:县财政局"}


def test_a_section_wrapped_over_two_lines_is_the_same(extracted: Extracted) -> None:
    rows = [
        ("1", "办好商贸节。", "3月：选址。", "科技项目科"),
        ("2", "建设冷链仓。", "6月：开工。", "科技\n项目科"),
    ]
    assert {i for i in ids(extracted(flattened(rows))) if i.startswith("section:")} == {"section:科技项目科"}


def test_a_year_before_a_name_makes_no_second_project(entities: dict[str, Entity]) -> None:
    """11:1 完成2020年高层次人才团队项目申报…审查, 11:3 完成高层次人才团队项目评审."""
    assert not {"project:2020年高层次人才团队项目", "project:高层次人才团队项目"} <= set(entities)


# Short names of full ones


def one(extraction: Extraction, type_: str) -> list[set[str]]:
    """The aliases of every entity of a type."""
    return sorted((set(e.aliases) for e in extraction.entities if e.type == type_), key=sorted)


def test_a_short_company_is_the_beginning_of_a_full_one_behind_its_place(extracted: Extracted) -> None:
    rows = [("1", "支持霖海磐锋锻造有限公司扩产。", "3月：霖海县工信局走访海尔、磐锋等重点企业。", "工业科")]
    assert {"磐锋", "霖海磐锋锻造有限公司"} in one(extracted(flattened(rows)), "Company")


def test_a_known_company_is_not_its_branch(extracted: Extracted) -> None:
    rows = [("1", "对接国家电网。", "3月：走访国网、国网霖海供电公司等企业。", "工业科")]
    assert {"国家电网", "国网"} in one(extracted(flattened(rows)), "Company")


def test_an_office_without_its_rank_is_the_one_with_it(extracted: Extracted) -> None:
    text = "临江市关于促进消费的若干措施\n一、发券。（责任单位：市财政局、商务局）\n二、办展。（责任单位：市商务局、财政局）\n"
    assert one(extracted(text), "Section") == [{"商务局", "市商务局"}, {"市财政局", "财政局"}]


def test_an_office_without_its_rank_is_neither_of_two(extracted: Extracted) -> None:
    text = (
        "关于促进消费的若干措施\n一、发券。（责任单位：市财政局、省财政局）\n二、办展。（责任单位：财政局）\n"
    )
    assert one(extracted(text), "Section") == [{"市财政局"}, {"省财政局"}, {"财政局"}]


def test_a_zone_called_by_its_kind_is_the_documents_own(extracted: Extracted) -> None:
    rows = [("1", "推动临江高新技术产业开发区发展。", "3月：走访高新区企业。", "工业科")]
    assert {"临江高新技术产业开发区", "高新区"} in one(extracted(flattened(rows)), "Place")


def test_editions_of_an_event_are_one_under_both_of_its_names(extracted: Extracted) -> None:
    rows = [
        (
            "1",
            "参加第133届中国进出口商品交易会。",
            "3月：筹备第133届广交会。\n9月：参加第134届广交会。",
            "外贸科",
        )
    ]
    events = one(extracted(flattened(rows)), "Event")
    assert {"第133届中国进出口商品交易会", "第133届广交会"} in events
    assert {"第134届广交会"} in events


def test_what_no_row_explains_the_document_does(extracted: Extracted) -> None:
    rows = [
        ("1", "建设霖海智能传感产业园。", "3月：开工。", "工业科"),
        ("2", "做好招商工作。", "3月：智能传感产业园招商。", "招商科"),
    ]
    assert one(extracted(flattened(rows)), "Platform") == [{"智能传感产业园", "霖海智能传感产业园"}]


def test_a_phase_alone_is_the_project_of_that_phase(extracted: Extracted) -> None:
    rows = [("1", "推进中国电信云基地二期建设。", "3月：二期主体封顶。", "信息科")]
    assert {"中国电信云基地二期", "二期"} in one(extracted(flattened(rows)), "Project")
