"""Decisions of a curator, and what is worth a look."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Shape, absent, described
from kg.model import EntityType

DecisionKind = Literal["merge", "split", "reject", "rename", "retype", "alias", "name"]
DECISION = {
    "id": "3f9a1c0d2b7e",
    "kind": "merge",
    "who": "李明",
    "when": "2023-05-04T08:00:00+00:00",
    "type": "Company",
    "name": "蓝湾生物",
    "surfaces": ["蓝湾", "蓝湾科技"],
    "to_type": None,
    "document": None,
    "before": "",
    "after": "",
}


class DecisionShape(Shape):
    """One decision; which fields are filled depends on its kind."""

    model_config = described("一个人工决定。", DECISION)

    id: str = Field(description="编号，撤销时用")
    kind: DecisionKind = Field(
        description="merge 合并，split 拆分，reject 否定，rename 换名称，retype 改类型，alias 加别名，name 加名称"
    )
    who: str = Field(description="谁做的")
    when: str = Field(description="何时，UTC，ISO 8601")
    type: EntityType = Field(description="实体类型")
    name: str = Field(description="实体名称")
    surfaces: list[str] = Field(description="涉及的写法")
    to_type: EntityType | None = Field(description="改成的类型；不是改类型时为 null")
    document: str | None = Field(description="只否定一处时，所在的文件；否则为 null")
    before: str = Field(description="只否定一处时，前面的文字")
    after: str = Field(description="只否定一处时，后面的文字")


class RecordedShape(DecisionShape):
    """A decision of the history, with whether it is in force."""

    model_config = described(
        "历史中的一个人工决定。",
        {**DECISION, "in_force": True},
        {**DECISION, "in_force": False, "undone_by": "王芳", "undone_when": "2023-05-05T08:00:00+00:00"},
    )

    in_force: bool = Field(description="是否有效")
    undone_by: str | None = Field(default=None, exclude_if=absent, description="由谁撤销；有效时没有")
    undone_when: str | None = Field(default=None, exclude_if=absent, description="何时撤销；有效时没有")


class DecidedShape(Shape):
    """A decision that was just made, and the build that follows it."""

    model_config = described("刚记录的决定。", {"decision": DECISION, "build": "0123456789abcdef"})

    decision: DecisionShape = Field(description="决定")
    build: str | None = Field(description="据此生成的图谱版本；没有文件时为 null")


class UndoneShape(Shape):
    """A decision that was taken back, and the build that follows."""

    model_config = described("刚撤销的决定。", {"undone": "3f9a1c0d2b7e", "build": "0123456789abcdef"})

    undone: str = Field(description="撤销了哪个决定")
    build: str | None = Field(description="据此生成的图谱版本；没有文件时为 null")


class ReviewShape(Shape):
    """Names that are worth a look."""

    model_config = described(
        "值得复核的名称。",
        {"kind": "duplicate", "entities": ["company:蓝湾生物", "company:蓝湾生物科技"], "score": 0.8},
    )

    kind: Literal["duplicate", "unsure"] = Field(description="duplicate 可能重复，unsure 没有把握")
    entities: list[str] = Field(description="实体编号")
    score: float = Field(description="相似程度或把握，0 到 1")
