"""What a user may set, by option or by environment; nothing is read at import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


def _model_cache() -> Path:
    return Path(platformdirs.user_cache_dir("workplan-kg")) / "models"


class _Environment(EnvSettingsSource):
    """The environment, which has no say on downloads."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        if field_name == "allow_download":
            return None, field_name, False
        return super().get_field_value(field, field_name)


class Settings(BaseSettings):
    """What is not given comes from ``KG_WORKSPACE``, ``KG_MODEL`` and ``KG_MODEL_CACHE``, an empty one being none.

    ``model`` is a sentence-transformers name or path; ``None`` is the packaged one. ``allow_download`` is the only
    way to make the program reach for a model hub, and no environment sets it.
    """

    model_config = SettingsConfigDict(
        frozen=True, validate_by_name=True, env_ignore_empty=True, protected_namespaces=()
    )

    workspace: Path = Field(default=Path("workspace"), validation_alias="KG_WORKSPACE")
    model: str | None = Field(default=None, validation_alias="KG_MODEL")
    model_cache: Path = Field(default_factory=_model_cache, validation_alias="KG_MODEL_CACHE")
    allow_download: bool = False

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given comes first, then the environment; no other file is read."""
        return init_settings, _Environment(settings_cls)
