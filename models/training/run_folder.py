"""Keep a training run in its folder: options, checkpoint, best network, history."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import keras

from core.errors import BadSettings
from models.training.history import EpochFigures


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run stands: epochs done, and steps of the epoch begun."""

    path: Path
    epoch: int
    step: int


class RunFolder:
    """The folder of one run.

    Files are replaced whole, and a checkpoint's name says where it stands: a
    run that dies at any moment can go on from the last one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.weights = path / "weights"
        self.best = path / "best.keras"
        self.plot = path / "training.png"
        self.tensorboard = path / "tensorboard"
        self._history = path / "history.csv"
        self._options = path / "options.json"

    def open(self, options: Mapping[str, Any], is_resumed: bool) -> None:
        """Begin a run with these options, or make sure that it was begun with them.

        Raises BadSettings if another run lies here, or this one was another.
        """
        written = json.loads(json.dumps(dict(options), default=str))
        begun = self.checkpoint()
        if begun and not is_resumed:
            raise BadSettings(
                f"{self.path} holds a run of {begun.epoch} epochs already; go on from it with "
                "--resume, or give another --output"
            )
        if begun:
            self._compare(written)
        self.path.mkdir(parents=True, exist_ok=True)
        self._options.write_text(json.dumps(written, indent=2) + "\n")
        if not begun:
            for left in (self._history, self.best):
                left.unlink(missing_ok=True)

    def checkpoint(self) -> Checkpoint | None:
        """Find where the run stands; None if it has not begun."""
        found = [
            Checkpoint(path, int(match[1]), int(match[2]))
            for path in self.path.glob("checkpoint-*.keras")
            if (match := re.fullmatch(r"checkpoint-(\d+)-(\d+)\.keras", path.name))
        ]
        return max(found, key=lambda each: (each.epoch, each.step), default=None)

    def save_checkpoint(self, network: Any, epoch: int, step: int) -> None:
        """Save the network with its optimizer and averages, then drop the older one."""
        path = self.path / f"checkpoint-{epoch:03d}-{step:05d}.keras"
        _save_whole(network, path, include_optimizer=True)
        for older in self.path.glob("checkpoint-*.keras"):
            if older != path:
                older.unlink()

    def save_best(self, network: Any) -> None:
        _save_whole(network, self.best, include_optimizer=False)

    def history(self) -> list[EpochFigures]:
        if not self._history.exists():
            return []
        with self._history.open(newline="") as lines:
            return [_read_line(line) for line in csv.DictReader(lines)]

    def write_history(self, history: Sequence[EpochFigures]) -> None:
        part = self._history.with_suffix(".part")
        with part.open("w", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow([field.name for field in fields(EpochFigures)])
            writer.writerows(asdict(each).values() for each in history)
        part.replace(self._history)

    def _compare(self, options: Mapping[str, Any]) -> None:
        begun_with = json.loads(self._options.read_text())
        others = [
            f"{name} {begun_with.get(name)!r}, now {value!r}"
            for name, value in options.items()
            if begun_with.get(name) != value
        ]
        if others:
            raise BadSettings(
                f"{self.path} was begun with {'; '.join(others)}; resume it with the options that "
                "it was begun with, or give another --output"
            )


def _save_whole(network: Any, path: Path, *, include_optimizer: bool) -> None:
    part = path.with_name(f"part-{path.name}")
    network.save(part, include_optimizer=include_optimizer)
    part.replace(path)


def _read_line(line: Mapping[str, str]) -> EpochFigures:
    values = {name: float(value) for name, value in line.items()}
    return EpochFigures(epoch=int(values.pop("epoch")), **values)


def load_network(path: Path) -> Any:
    """Load a network that a run saved, compiled as it was."""
    return keras.models.load_model(path)
