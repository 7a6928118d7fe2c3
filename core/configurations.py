"""What administrators chose, as one YAML file: to keep, compare, and bring to another machine.

It holds preferences, cameras with their rules, sites, zones and groups; no users, no
history, no models. What a file leaves out, its reader leaves as it is.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import BadList, ListFault
from core.names import Name
from core.yaml_texts import dump_yaml, load_yaml

FORMAT = 1
BYTES_MAX = 10_000_000


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConfiguredSite(_Section):
    name: Name
    zones: tuple[Name, ...] = ()


class ConfiguredGroup(_Section):
    """Users who are limited to the same sites; all by their names."""

    name: Name
    sites: tuple[Name, ...] = ()
    users: tuple[Name, ...] = ()


class Configuration(_Section):
    """cameras: as `core.camera_entries` has them; preferences: those that are named.

    A camera with `password_left_out` is one whose address here is not all of it.
    """

    format: int = Field(ge=1, le=FORMAT)
    preferences: dict[str, Any] = Field(default_factory=dict)
    sites: tuple[ConfiguredSite, ...] = ()
    zones: tuple[Name, ...] = Field(default=(), description="Those of no site.")
    cameras: tuple[dict[str, Any], ...] = ()
    groups: tuple[ConfiguredGroup, ...] = ()


def write_yaml(configuration: Configuration) -> str:
    return dump_yaml(configuration.model_dump(mode="json"))


def read_yaml(content: bytes) -> Configuration:
    """Read a configuration. Raises BadList with all faults of its form."""
    if len(content) > BYTES_MAX:
        raise BadList([ListFault("the file", "", f"expected at most {BYTES_MAX} bytes")])
    try:
        return Configuration.model_validate(load_yaml(content))
    except ValidationError as error:
        raise BadList(
            [
                ListFault(".".join(map(str, fault["loc"])) or "the file", "", fault["msg"])
                for fault in error.errors(include_url=False)
            ]
        ) from error


def merge(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is given over what is known, group by group."""
    return {
        **known,
        **{
            name: merge(known[name], value)
            if isinstance(value, Mapping) and isinstance(known.get(name), Mapping)
            else value
            for name, value in given.items()
        },
    }
