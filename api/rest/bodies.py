"""What is sent to decide something: one class a kind of decision, nothing beside its fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.parameters.types import DocumentName, EntityName, KnownType, NewName, Position, Surface, Who
from api.schemas.base import described

_INCOMPLETE = "请给出 document、start 和 end，或 entity 和 surface。"
Aliases = Annotated[list[NewName], Field(max_length=100, description="别名")]


class Body(BaseModel):
    """A JSON object of a request."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", field_title_generator=lambda name, _: name.rstrip("_")
    )

    who: Who = ""


class Merge(Body):
    """Two entities of one type are one."""

    model_config = described(
        "把两个同类实体合并为一个。", {"from": "蓝湾科技", "into": "蓝湾生物", "who": "李明"}
    )

    from_: EntityName = Field(alias="from", description="要并入的实体")
    into: EntityName = Field(description="并到哪个实体")


class Split(Body):
    """An alias is no name of an entity."""

    model_config = described(
        "把一个别名从实体中拆出来。", {"entity": "蓝湾生物", "alias": "蓝湾", "who": "李明"}
    )

    entity: EntityName
    alias: Surface = Field(description="要拆出来的别名")


class NewAlias(Body):
    """An entity has one more name."""

    model_config = described("给实体加一个别名。", {"entity": "蓝湾生物", "alias": "蓝湾集团", "who": "李明"})

    entity: EntityName
    alias: NewName = Field(description="新的别名，会在所有文件里查找")


class Rename(Body):
    """An entity is called otherwise."""

    model_config = described(
        "给实体换一个名称。", {"entity": "蓝湾生物", "name": "蓝湾生物科技", "who": "李明"}
    )

    entity: EntityName
    name: NewName = Field(description="新的名称")


class Retype(Body):
    """An entity is of another type."""

    model_config = described(
        "改正实体的类型。", {"entity": "蓝湾生物", "type": "Organization", "who": "李明"}
    )

    entity: EntityName
    type: KnownType


class Addition(Body):
    """A name is one."""

    model_config = described(
        "往词表里加一个名称。", {"type": "Company", "name": "蓝湾生物", "aliases": ["蓝湾"], "who": "李明"}
    )

    type: KnownType
    name: NewName
    aliases: Aliases = Field(default=[])


class Rejection(Body):
    """One place is no mention, or a name is none anywhere."""

    model_config = described(
        "否定一处提及（document、start、end），或一个处处误认的名称（entity、surface）。",
        {"document": "gongxin-2023", "start": 320, "end": 322, "who": "李明"},
    )

    document: DocumentName | None = Field(default=None, description="文件的编号或名称")
    start: Position | None = Field(default=None, description="该处的起点")
    end: Position | None = Field(default=None, description="该处的终点")
    entity: EntityName | None = None
    surface: Surface | None = None

    @model_validator(mode="after")
    def _whole(self) -> Rejection:
        if None in (self.document, self.start, self.end) and None in (self.entity, self.surface):
            raise PydanticCustomError("incomplete", "{message}", {"message": _INCOMPLETE})
        return self
