"""Every error that we raise, named by what happened.

MaskwatchError
├── BadSettings        a setting or option has a value that cannot work
├── BadDataset         a folder of labelled pictures cannot be learned from
├── BadBackup          a backup is broken, of a later release, or of another key
├── BadPicture         a picture is missing, broken, too small or too large
├── BadEntry           an entry in Redis is broken or of another version
├── BadRequest         a user's input breaks a rule; carries the field's name
├── BadList            lines of a list cannot be taken; carries each with its place
├── SourceError        a camera source does not deliver
│   ├── SourceRefused  it answered, and said no (path, permission)
│   │   └── PasswordRefused  the user name or password is wrong, or missing
│   ├── SourceLost     it cannot be reached, or stopped
│   └── NotVideo       it can be read, but holds no video
├── SecretUnreadable   a sealed value cannot be opened with our keys
├── WeightsMismatch    a model file is missing or its checksum is another
├── NoAnswer           another process did not answer in time
├── DatabaseAway       the SQL database does not answer; what was begun is undone
├── JobFailed          a job cannot do what was asked of it
├── JobInterrupted     a job must stop before its end
│   ├── JobCancelled   somebody asked for that
│   ├── JobStopped     its process was asked to stop; the job is taken up again
│   └── JobLost        it was given to another process meanwhile
├── NotFound           the thing that was named does not exist
└── Conflict           what is asked for clashes with how things are now
    └── NameTaken      another one has this name

A message says what was expected, what was found and what to do. It never holds
a password.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class MaskwatchError(Exception):
    """Base of all our errors; its message is fit for a user's eyes."""


class BadSettings(MaskwatchError):
    pass


class BadDataset(MaskwatchError):
    pass


class BadBackup(MaskwatchError):
    pass


class BadPicture(MaskwatchError):
    pass


class BadEntry(MaskwatchError):
    pass


class BadRequest(MaskwatchError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class ListFault:
    """What is wrong in a list, and where. place: such as `line 3`; field: empty for all of it."""

    place: str
    field: str
    message: str

    def __str__(self) -> str:
        field = "" if self.message.startswith(self.field) else self.field
        return ": ".join(part for part in (self.place, field, self.message) if part)


class BadList(MaskwatchError):
    def __init__(self, faults: Sequence[ListFault]) -> None:
        more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
        super().__init__("; ".join(map(str, faults[:10])) + more)
        self.faults = tuple(faults)


class SourceError(MaskwatchError):
    pass


class SourceRefused(SourceError):
    pass


class PasswordRefused(SourceRefused):
    pass


class SourceLost(SourceError):
    pass


class NotVideo(SourceError):
    pass


class SecretUnreadable(MaskwatchError):
    pass


class WeightsMismatch(MaskwatchError):
    pass


class NoAnswer(MaskwatchError):
    pass


class DatabaseAway(MaskwatchError):
    pass


class JobFailed(MaskwatchError):
    pass


class JobInterrupted(MaskwatchError):
    pass


class JobCancelled(JobInterrupted):
    pass


class JobStopped(JobInterrupted):
    pass


class JobLost(JobInterrupted):
    pass


class NotFound(MaskwatchError):
    pass


class Conflict(MaskwatchError):
    pass


class NameTaken(Conflict):
    pass
