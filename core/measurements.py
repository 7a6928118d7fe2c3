"""How well a model version did on labelled faces, as its manifest keeps it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LabelMeasure:
    """One label. faces: those that are so; None: nothing was called so, or it was not measured.

    precision: of what was called so, how much is; recall: of what is, how much was found.
    """

    label: str
    faces: int
    precision: float | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class SizeMeasure:
    """Faces of one size. share: told rightly by a classifier, found by a detector.

    from_px, to_px: bounds of the longer side in the picture, the upper one left out;
    to_px None: no bound. faces: None where it was not told.
    """

    from_px: int
    to_px: int | None
    share: float
    faces: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured on some faces.

    data: whose faces, in a few words; versions that were measured on the same are
    compared by it. is_new_source: the model has learned nothing from where they come
    from; figures of other faces flatter. figures: by name, such as `macro_f1`, 0 to 1.
    """

    data: str
    is_new_source: bool
    faces: int
    figures: dict[str, float] = field(default_factory=dict)
    labels: tuple[LabelMeasure, ...] = ()
    sizes: tuple[SizeMeasure, ...] = ()
