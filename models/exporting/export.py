"""Write a model in another format or in int8, load it again and compare."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import BadSettings
from core.manifests import CARD, FileKind, ModelFile, ModelManifest, Precision
from models.exporting import formats
from models.exporting.comparison import Comparison, ask_exported, ask_source, check, compare
from models.exporting.keras_files import Reading
from models.exporting.pictures import portrait_pieces, read_folder
from models.exporting.quantisation import quantise
from models.exporting.source import Source, open_source
from models.manifest import describe_file, write_manifest
from models.runtimes.network import Pixels
from models.training.progress import Progress


class Format(StrEnum):
    OPENVINO = "openvino"
    TFLITE = "tflite"
    ONNX = "onnx"
    SAVED_MODEL = "saved_model"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export, and to where.

    source: a model folder, or a .keras or .h5 file. output: a folder to make,
    or a file whose name ends as the format's do. calibration: pictures to
    measure int8's ranges on. reading: of a bare file. command: for the manifest.
    """

    source: Path
    format: Format
    output: Path
    int8: bool = False
    calibration: Path | None = None
    reading: Reading = field(default_factory=Reading)
    command: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; files are paths, without those of manifest and card."""

    manifest: ModelManifest
    files: tuple[Path, ...]
    comparison: Comparison


def export(options: ExportOptions, progress: Progress) -> Exported:
    """Write the model in the format asked for.

    Check the options; read the source; write the files beside the output;
    load them and compare their answers with the source's; put them in place.
    Raises BadSettings and WeightsMismatch; then nothing is left behind.
    """
    check_options(options)
    progress.move(0.0, "reading the source")
    source = open_source(options.source, options.reading)
    images = read_folder(options.calibration) if options.calibration else portrait_pieces()
    inputs = source.inputs_of(images)
    with TemporaryDirectory(prefix=".exporting-", dir=_make_parent(options.output)) as beside:
        folder = Path(beside) / "model"
        folder.mkdir()
        progress.move(0.3, f"writing {options.format}")
        _WRITERS[options.format](source, folder, inputs if options.int8 else ())
        manifest = describe(source, options, folder)
        progress.move(0.7, "comparing with the source")
        answers = ask_exported(folder, manifest, inputs)
        comparison = compare(ask_source(source.network, inputs), answers)
        check(comparison, manifest.precision)
        files = _put_in_place(folder, manifest, options)
    progress.move(1.0, "done")
    return Exported(manifest, files, comparison)


def check_options(options: ExportOptions) -> None:
    """Raise BadSettings for options that do not go together, or an output that is there."""
    if options.int8 and options.format not in (Format.OPENVINO, Format.TFLITE):
        raise BadSettings(f"{options.format} has no int8 here; choose openvino or tflite")
    if options.int8 and options.calibration is None:
        raise BadSettings(
            "int8 needs pictures to measure the ranges of its values on; give a folder of a few "
            "hundred, as your cameras show them, by --calibration"
        )
    if options.output.exists():
        raise BadSettings(f"{options.output} is there already; give another --output")


def describe(source: Source, options: ExportOptions, folder: Path) -> ModelManifest:
    """Write the manifest and the card of the exported files."""
    precision = Precision.INT8 if options.int8 else source.manifest.precision
    ending = f"{options.format}-int8" if options.int8 else str(options.format)
    manifest = replace(
        source.manifest,
        model_version=f"{source.manifest.model_version}-{ending}".replace("_", "-"),
        precision=precision,
        command=options.command,
        files=_describe_files(folder),
    )
    write_manifest(folder, manifest)
    (folder / CARD).write_text(_card(manifest, source))
    return manifest


def _write_openvino(source: Source, folder: Path, calibration: Sequence[Pixels]) -> None:
    path = folder / f"{source.manifest.task}.xml"
    if not calibration:
        formats.write_openvino(source.network, path, source.any_picture)
        return
    with TemporaryDirectory() as beside:
        formats.write_openvino(source.network, Path(beside, "float.xml"), source.any_picture)
        quantise(Path(beside, "float.xml"), calibration, path)


def _write_tflite(source: Source, folder: Path, calibration: Sequence[Pixels]) -> None:
    path = folder / f"{source.manifest.task}.tflite"
    if calibration:
        formats.write_litert_int8(source.network, path, calibration, source.one_picture)
    else:
        formats.write_litert(source.network, path, source.one_picture)


def _write_onnx(source: Source, folder: Path, _: Sequence[Pixels]) -> None:
    formats.write_onnx(source.network, folder / f"{source.manifest.task}.onnx")


def _write_saved_model(source: Source, folder: Path, _: Sequence[Pixels]) -> None:
    formats.write_saved_model(source.network, folder / "saved_model")


_WRITERS: Mapping[Format, Callable[[Source, Path, Sequence[Pixels]], None]] = {
    Format.OPENVINO: _write_openvino,
    Format.TFLITE: _write_tflite,
    Format.ONNX: _write_onnx,
    Format.SAVED_MODEL: _write_saved_model,
}
_KINDS = {
    ".xml": FileKind.OPENVINO,
    ".bin": FileKind.OPENVINO,
    ".tflite": FileKind.LITERT,
    ".onnx": FileKind.ONNX,
}
_ENDS = {Format.OPENVINO: ".xml", Format.TFLITE: ".tflite", Format.ONNX: ".onnx"}


def _describe_files(folder: Path) -> tuple[ModelFile, ...]:
    """Describe every file, those first that are opened."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    kinds = {path: _KINDS.get(path.suffix, FileKind.TENSORFLOW) for path in paths}
    if (folder / "saved_model").exists():
        kinds = dict.fromkeys(paths, FileKind.TENSORFLOW)
    paths.sort(key=lambda path: (path.suffix == ".bin", path.name != "saved_model.pb", path))
    return tuple(describe_file(path, kinds[path], folder) for path in paths)


def _card(manifest: ModelManifest, source: Source) -> str:
    command = manifest.command or "(called from Python)"
    head = f"# {manifest.model_version}\n\n{source.manifest.model_version}, exported by\n\n"
    figures = "Its figures were measured before the export; measure them again where they matter.\n"
    return f"{head}    {command}\n\n{figures}\n{source.card}".rstrip() + "\n"


def _put_in_place(
    folder: Path, manifest: ModelManifest, options: ExportOptions
) -> tuple[Path, ...]:
    """Move the folder, or its files alone where the output is named as a file."""
    end = _ENDS.get(options.format)
    if end is None or options.output.suffix != end:
        folder.rename(options.output)
        return tuple(options.output / file.name for file in manifest.files)
    moved = [(folder / file.name, options.output) for file in manifest.files]
    targets = [output.with_suffix(file.suffix) for file, output in moved]
    for (file, _), target in zip(moved, targets, strict=True):
        shutil.move(file, target)
    return tuple(targets)


def _make_parent(output: Path) -> Path:
    output.absolute().parent.mkdir(parents=True, exist_ok=True)
    return output.absolute().parent
