"""What all groups of variables share: where they are read, and how."""

import os
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.env.kinds import declared
from config.env.names import is_kubernetes_link

BASE_DIR = Path(__file__).resolve().parent.parent.parent
INSTALLED = BASE_DIR.name == "larder_server"  # from the wheel; nothing is ever written there
KIB, MIB = 1024, 1024 * 1024


def default_data_dir() -> Path:
    """In a checkout `.larder` beside the code; installed, a place that is the same wherever `larder` is called."""
    if not INSTALLED:
        return BASE_DIR / ".larder"
    return Path(os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share", "larder").expanduser()


class Variables(BaseSettings):
    model_config = SettingsConfigDict(case_sensitive=True, enable_decoding=False, frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Blanks around a value; a blank one; and what Kubernetes sets for a service that is called as ours are."""
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
        return {name: value for name, value in stripped.items() if value != "" and not is_kubernetes_link(name, value)}

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: Any, info: ValidationInfo) -> Any:
        read = declared(cls.model_fields[info.field_name or ""]).read
        return read(value) if isinstance(value, str) and value else value
