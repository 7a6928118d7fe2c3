"""Lists of cameras: CSV that people edit in a spreadsheet, YAML, what a configuration names.

A list is read with suspicion: everything that cannot be taken is told, with its place.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import ValidationError

from core.camera_entries import CameraChanges, CameraEntry
from core.camera_rules import NO_RULES, encode_rules, parse_rules
from core.csv_cells import guard_cell, unguard_cell
from core.errors import BadList, BadRequest, ListFault
from core.storage.cameras import NewCamera
from core.yaml_texts import dump_yaml, load_yaml_list

COLUMNS = tuple(CameraEntry.model_fields)
CAMERAS_MAX = 5_000

_RATE = "frames_per_second"
_SEPARATOR = "sep="
"""How a spreadsheet may say in a line before the columns what separates cells."""


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """One camera of a list. wanted: the fields that the list gives; place: where it stands."""

    place: str
    name: str
    wanted: CameraChanges = field(repr=False)


@dataclass(frozen=True, slots=True)
class CameraList:
    """What could be read of a list, and what could not."""

    cameras: tuple[ListedCamera, ...]
    faults: tuple[ListFault, ...] = ()

    def whole(self) -> list[ListedCamera]:
        """Give all cameras, or raise BadList with all faults."""
        if self.faults:
            raise BadList(self.faults)
        return list(self.cameras)


class ListFormat(StrEnum):
    CSV = "csv"
    YAML = "yaml"


def scan_list(content: bytes, form: ListFormat) -> CameraList:
    """Read what can be read of a list, and tell every fault."""
    try:
        return _scan_yaml(content) if form is ListFormat.YAML else _scan_csv(content)
    except BadList as error:
        return CameraList((), error.faults)


def read_csv(content: bytes) -> list[ListedCamera]:
    """Read a list in CSV, with commas, semicolons or tabs; its first line names the columns.

    A column that is left out changes nothing; an empty cell means the default, and that
    a known camera keeps its address. Raises BadList.
    """
    return _scan_csv(content).whole()


def read_listed(entries: Iterable[tuple[str, object]]) -> list[ListedCamera]:
    """Read cameras as they were written, each with its place. Raises BadList with all faults."""
    return _scan(entries).whole()


def write_csv(cameras: Iterable[NewCamera]) -> str:
    """Write cameras as CSV, without their passwords."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for camera in cameras:
        writer.writerow(map(guard_cell, list_cells(camera).values()))
    return text.getvalue()


def list_cells(camera: NewCamera) -> dict[str, str]:
    """Write a camera's fields as cells of a list; the address is without its password."""
    values = {column: str(getattr(camera, column, "")) for column in COLUMNS}
    values["url"] = camera.redacted_address
    values["is_paused"] = "yes" if camera.is_paused else "no"
    values["rules"] = "" if camera.rules == NO_RULES else encode_rules(camera.rules)
    return values


def write_yaml(cameras: Iterable[NewCamera]) -> str:
    """Write cameras as YAML, without their passwords; what is at its default is left out."""
    return dump_yaml({"cameras": [_entry_of(camera) for camera in cameras]})


def write_list(cameras: Iterable[NewCamera], form: ListFormat) -> str:
    return write_yaml(cameras) if form is ListFormat.YAML else write_csv(cameras)


def _entry_of(camera: NewCamera) -> dict[str, object]:
    entry = {column: getattr(camera, column, None) for column in COLUMNS}
    entry["url"] = camera.redacted_address
    entry["rules"] = camera.rules.model_dump(mode="json", exclude_defaults=True)
    fields = CameraEntry.model_fields
    usual = {column: fields[column].default for column in COLUMNS} | {"rules": {}}
    return {column: value for column, value in entry.items() if value != usual[column]}


def _scan(entries: Iterable[tuple[str, object]]) -> CameraList:
    listed: list[ListedCamera] = []
    faults: list[ListFault] = []
    for place, entry in entries:
        try:
            listed.append(_read_one(place, entry))
        except ValidationError as error:
            faults += [
                ListFault(place, ".".join(map(str, fault["loc"])), _say(fault["msg"]))
                for fault in error.errors(include_url=False)
            ]
        except BadRequest as error:
            faults.append(ListFault(place, error.field, str(error)))
    return CameraList(tuple(listed), (*faults, *_repeated(listed)))


def _say(message: str) -> str:
    """Put pydantic's words into ours."""
    words = message.removeprefix("Value error, ")
    wanted = words.removeprefix("Input should be ")
    return words if wanted == words else f"expected {wanted}"


def _scan_csv(content: bytes) -> CameraList:
    """Raises BadList where it is no CSV, or not of our columns."""
    try:
        numbered = list(_lines(content.decode(_encoding(content))))
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadList([ListFault("the whole", "", f"it is no CSV in UTF-8: {error}")]) from error
    if not numbered:
        raise BadList([ListFault("line 1", "", f"expected columns: {', '.join(COLUMNS)}")])
    (_, head), *lines = numbered
    columns = [column.lower() for column in head]
    _check_columns(columns)
    _check_length(len(lines))
    misshapen = [
        ListFault(f"line {number}", "", f"expected {len(columns)} cells, found {len(cells)}")
        for number, cells in lines
        if len(cells) != len(columns)
    ]
    found = _scan(
        (f"line {number}", _given(dict(zip(columns, cells, strict=True))))
        for number, cells in lines
        if len(cells) == len(columns)
    )
    return CameraList(found.cameras, (*misshapen, *found.faults))


def _encoding(content: bytes) -> str:
    """Tell what a spreadsheet wrote: its "Unicode text" is UTF-16."""
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if content.startswith(marks) else "utf-8-sig"


def _scan_yaml(content: bytes) -> CameraList:
    """Raises BadList where it is no YAML, or no list."""
    items = load_yaml_list(content, "cameras")
    _check_length(len(items))
    return _scan((f"line {line}", item) for line, item in items)


def _read_one(place: str, entry: object) -> ListedCamera:
    """Raises BadRequest, and pydantic's ValidationError."""
    if not isinstance(entry, Mapping) or not all(isinstance(name, str) for name in entry):
        raise BadRequest("", "expected a camera, such as name: and url: with their values")
    rules = entry.get("rules")
    parsed = {"rules": parse_rules(rules)} if isinstance(rules, str) else {}
    wanted = CameraChanges.model_validate({**entry, **parsed})
    if wanted.name is None:
        raise BadRequest("name", "expected a name, found none")
    return ListedCamera(place, wanted.name, wanted)


def _repeated(listed: Iterable[ListedCamera]) -> Iterator[ListFault]:
    places: dict[str, str] = {}
    for camera in listed:
        first = places.setdefault(camera.name, camera.place)
        if first != camera.place:
            yield ListFault(camera.place, "name", f'"{camera.name}" stands in {first} already')


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Read the cells of each line that is not empty, with its number."""
    head = next((line for line in text.splitlines() if not line.startswith(_SEPARATOR)), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        if any(cells) and not (reader.line_num == 1 and cells[0].startswith(_SEPARATOR)):
            yield reader.line_num, [unguard_cell(cell.strip()) for cell in cells]


def _check_columns(columns: list[str]) -> None:
    """Raise BadList unless the columns are ours, each once."""
    faults = [
        ListFault("line 1", column, f"no such column; expected some of {', '.join(COLUMNS)}")
        for column in columns
        if column not in COLUMNS
    ]
    if "name" not in columns or len(set(columns)) < len(columns):
        faults.append(ListFault("line 1", "name", "expected a column name, and each column once"))
    if faults:
        raise BadList(faults)


def _check_length(count: int) -> None:
    if count > CAMERAS_MAX:
        raise BadList([ListFault("the whole", "", f"expected at most {CAMERAS_MAX} cameras")])


def _given(cells: Mapping[str, str]) -> dict[str, object]:
    """Leave out what a cell does not say, and put the default where it is empty."""
    fields = CameraEntry.model_fields
    # A spreadsheet of a land that writes 2,5 writes it so here, too.
    if _RATE in cells:
        cells = {**cells, _RATE: cells[_RATE].replace(",", ".")}
    return {
        column: cell or fields[column].default
        for column, cell in cells.items()
        if cell or not fields[column].is_required()
    }
