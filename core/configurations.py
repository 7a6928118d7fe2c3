"""What administrators chose, as one YAML file: to keep, compare, and bring to another machine.

It holds preferences, cameras with their rules, sites, zones and groups; no users, no
history, no models. What a file leaves out, its reader leaves as it is.
"""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import BadList, ListFault
from core.names import Name

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
    content = configuration.model_dump(mode="json")
    return yaml.dump(content, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)


def read_yaml(content: bytes) -> Configuration:
    """Read a configuration. Raises BadList with all faults of its form."""
    if len(content) > BYTES_MAX:
        raise BadList([ListFault("the file", "", f"expected at most {BYTES_MAX} bytes")])
    try:
        named = yaml.load(content.decode(), Loader=_Reader)  # noqa: S506  # a SafeLoader, see below
        return Configuration.model_validate(named)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadList([ListFault("the file", "", f"it is no YAML in UTF-8: {error}")]) from error
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


class _Reader(yaml.SafeLoader):
    """Reads numbers and times as texts, which the types then make what they are.

    YAML 1.1 would read 18:00 as a number to the base of 60, and a name like 1_000 as 1000.
    Aliases are refused: a few nested ones would fill the memory.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read here")
        return super().compose_node(parent, index)


class _Writer(yaml.SafeDumper):
    """Writes lists of numbers, such as points, in one line, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        is_short = all(isinstance(one, (int, float, str)) for one in sequence)
        return super().represent_sequence(tag, sequence, flow_style=is_short)


_READ_TAGS = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _READ_TAGS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
