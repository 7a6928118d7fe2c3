"""Watch one camera in a window, or into a file: the classic script, kept honest."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from core.errors import BadRequest, SourceLost
from core.types import Faces, Image, Label
from workers.drawing import WORDS, draw_faces, draw_status
from workers.newest import NewestFrames, TimedImage
from workers.recordings import Recording, open_recording
from workers.windows import Window, check_window

ANALYSES_PER_SECOND = 15.0
"""More than that the eye does not follow; the boxes stay meanwhile."""


class FaceAnalyser(Protocol):
    """What watch needs of models.analysis.Analyser."""

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]: ...


class View(Protocol):
    """What pictures are shown in."""

    def show(self, image: Image) -> bool:
        """False if the user wants to leave."""

    def close(self) -> None: ...


@dataclass(slots=True)
class Tally:
    """What was seen so far: frames shown and faces found in the analysed ones."""

    frames: int = 0
    analysed: int = 0
    labels: Counter[Label] = field(default_factory=Counter)

    def summary(self) -> str:
        faces = ", ".join(f"{WORDS[label]} {self.labels[label]}" for label in WORDS)
        return f"{self.frames} frames, {self.analysed} of them analysed; faces in them: {faces}"


def watch(
    frames: Iterator[TimedImage],
    analyser: FaceAnalyser,
    min_score: float,
    output: Path | None,
    window: bool,
    *,
    is_live: bool = True,
) -> None:
    """Show a camera with its faces until its end, Q, Esc, Ctrl-C or the window's closing.

    output: an .mp4 of everything, or an .jpg or .png of the last frame. Of a live
    source the newest frame is taken, and those that came meanwhile are left out; a
    file, is_live=False, is read frame by frame. Prints a summary at the end. Raises
    BadRequest if there is nowhere to show or write, and SourceLost if nothing came.
    """
    recording = open_recording(output) if output else None
    view = _open_view(window, has_output=recording is not None)
    source: Iterator[TimedImage] = NewestFrames(frames) if is_live else frames
    tally = Tally()
    try:
        _run(source, Annotator(analyser, min_score, tally), view, recording)
    except KeyboardInterrupt:
        pass
    except SourceLost:
        if tally.frames == 0:
            raise
    finally:
        _close(source, view, recording)
    print(tally.summary() + (f"; written to {output}" if output and tally.frames else ""))


class Annotator:
    """Draws faces onto frames, analysing as often as is due and keeping boxes between."""

    def __init__(self, analyser: FaceAnalyser, min_score: float, tally: Tally) -> None:
        self._analyser = analyser
        self._min_score = min_score
        self._tally = tally
        self._faces = Faces.empty()
        self._due_at: datetime | None = None
        self._recent: deque[datetime] = deque(maxlen=30)

    def annotate(self, captured_at: datetime, image: Image) -> Image:
        """Give a copy with boxes, tags, the frame rate and the counts."""
        if self._due_at is None or captured_at >= self._due_at:
            self._analyse(image)
            self._due_at = captured_at + timedelta(seconds=1 / ANALYSES_PER_SECOND)
        self._tally.frames += 1
        self._recent.append(captured_at)
        annotated = image.copy()
        draw_faces(annotated, self._faces)
        draw_status(annotated, frame_rate(self._recent), self._faces.labels())
        return annotated

    def _analyse(self, image: Image) -> None:
        self._faces = self._analyser.analyse([image], self._min_score)[0]
        self._tally.analysed += 1
        self._tally.labels.update(self._faces.labels())


def frame_rate(moments: Sequence[datetime]) -> float:
    """Give frames a second over these capture times; 0 while there are fewer than two."""
    if len(moments) < 2:
        return 0.0
    elapsed = (moments[-1] - moments[0]).total_seconds()
    return (len(moments) - 1) / elapsed if elapsed > 0 else 0.0


def _open_view(window: bool, *, has_output: bool) -> View | None:
    """Open the window if it is wanted and can be; without, the output alone must do."""
    if not window:
        if not has_output:
            raise BadRequest(
                "output", "without a window there is nothing to see; give --output FILE"
            )
        return None
    try:
        check_window()
    except BadRequest as error:
        if not has_output:
            raise
        print(f"no window: {error}")
        return None
    return Window()


def _run(
    frames: Iterator[TimedImage],
    annotator: Annotator,
    view: View | None,
    recording: Recording | None,
) -> None:
    for captured_at, image in frames:
        annotated = annotator.annotate(captured_at, image)
        if recording is not None:
            recording.add(captured_at, annotated)
        if view is not None and not view.show(annotated):
            return


def _close(source: Iterator[TimedImage], view: View | None, recording: Recording | None) -> None:
    """Close what is open, the file first: it is what must not be lost."""
    try:
        if recording is not None:
            recording.close()
    finally:
        if view is not None:
            view.close()
        if isinstance(source, NewestFrames):
            source.stop()
