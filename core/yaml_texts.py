"""YAML that people write: read with suspicion, and written so that it is easy to read."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import yaml

from core.errors import BadList, ListFault

_Found = TypeVar("_Found")


def load_yaml(content: bytes) -> Any:
    """Read a file; its numbers and times stay texts. Raises BadList where it is no YAML."""
    return _read(content, lambda reader: reader.get_single_data())


def load_yaml_list(content: bytes, name: str) -> list[tuple[int, Any]]:
    """Read the list that stands under a name, or alone; each item with the number of its line.

    Raises BadList where there is none, or anything beside it but `format`.
    """

    def find(reader: "_Reader") -> list[tuple[int, Any]]:
        root = reader.get_single_node()
        return [
            (_line_of(item), reader.construct_object(item, deep=True))
            for item in _items(root, name)
        ]

    return _read(content, find)


def dump_yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)


def _items(root: yaml.Node | None, name: str) -> Iterator[yaml.Node]:
    if isinstance(root, yaml.MappingNode):
        named = {str(key.value): (key, value) for key, value in root.value}
        strangers = [key for word, (key, _) in named.items() if word not in (name, "format")]
        if strangers:
            words = f"expected nothing beside {name}, found {str(strangers[0].value)[:50]!r}"
            raise BadList([ListFault(f"line {_line_of(strangers[0])}", "", words)])
        root = named[name][1] if name in named else None
    if not isinstance(root, yaml.SequenceNode):
        line = 1 if root is None else _line_of(root)
        raise BadList([ListFault(f"line {line}", "", f"expected {name}: and a list below it")])
    yield from root.value


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _read(content: bytes, step: Callable[["_Reader"], _Found]) -> _Found:
    try:
        return step(_Reader(content.decode("utf-8-sig")))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        raise BadList([ListFault(place, "", f"it is no YAML: {error.problem}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadList([ListFault("the file", "", f"it is no YAML in UTF-8: {error}")]) from error


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
