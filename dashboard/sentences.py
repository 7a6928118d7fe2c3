"""What the server says in English, for pages that say it in another language.

Answers of the API, reasons of lost cameras and results of checks are English
sentences, made where the cause is known. A page that is not English recognises
them by this list (`hear` in static/js/words.js and below); what is not here it
says in English. A test holds each sentence against the code that says it.
"""

import re
from functools import cache
from typing import Final

from flask import Flask

from dashboard.words import mark, translate

SENTENCES: Final = (
    # cameras: why one does not deliver
    mark("{place} sent nothing for {n} s; check that the camera is on and reachable from here"),
    mark(
        "{place} answers, but has no stream at this path (404); "
        "check what follows the host in the address"
    ),
    mark("{place} answers with an error ({cause})"),
    mark("{place} refuses the user name or password; check both"),
    mark("{place} wants a user name and password; write {scheme}://USER:PASSWORD@{host}/…"),
    mark("{place} ended the connection"),
    mark(
        "{place} answers, but sends no video that can be read; "
        "check the port and what follows it in the address"
    ),
    mark("{place} holds no video that can be read; expected a video"),
    mark("{place} refuses connections; is the camera on, the port right?"),
    mark("{place} cannot be reached from here; check network and address"),
    mark("{place} does not send over UDP; choose TCP for this camera"),
    mark("{place} may not be opened by this user; check its permissions"),
    mark("{place} is used by another program; close that first"),
    mark("{place} cannot be read ({cause})"),
    mark('no host named "{host}" is known here; check it, or give its IP address'),
    mark("the stream opens, but none of its pictures can be decoded"),
    mark("the stream ended before it showed a picture"),
    mark("the stream ended"),
    mark("the stream's pictures cannot be decoded"),
    mark("expected video, found {found}; choose another stream"),
    mark("the video's codec is not known here; choose H.264, H.265 or MJPEG"),
    mark("there is no webcam {path} (found: {found}); plug it in or choose another"),
    mark(
        "there is no file {name} in the media folder; put it there, or begin with rtsp:// if it is "
        "a camera"
    ),
    mark("{name} is not a file; expected a video file"),
    mark("{name} is empty; expected a video file"),
    # cameras: searching and asking them
    mark(
        "this machine cannot search its network: multicast is refused here, as in most "
        "containers; give the camera's address instead"
    ),
    mark("{place} names no stream; choose another camera"),
    mark("{place} answers with too much; is it a camera?"),
    mark(
        "{place} answers, but not by ONVIF; check the address, and that ONVIF is switched on in "
        "the camera"
    ),
    mark(
        "{place} answers, but not by ONVIF ({status}); check the address, and that ONVIF is "
        "switched on in the camera"
    ),
    mark("{place} refuses to name its streams; look at its web page"),
    mark("address: expected http://HOST/onvif/device_service"),
    mark("the search failed; ingest's log says why"),
    mark("the check failed; ingest's log says why"),
    # cameras: advice after a check
    mark("No face is in the picture. Let somebody stand where people will pass, then check again."),
    mark("Faces here are {width} px wide: large enough."),
    mark(
        "Faces here are {width} px wide: enough for most people. From {good} px on masks are "
        "judged best."
    ),
    mark(
        "Faces here are {width} px wide; {least} px are needed to judge a mask. Analyse larger "
        "pictures (long side up to {long_side} px), or bring the camera closer."
    ),
    mark(
        "Faces here are {width} px wide; {least} px are needed to judge a mask. Bring the camera "
        "closer, or choose a longer lens."
    ),
    mark("Masks can be judged up to {times} times as far away as the faces in this picture."),
    mark("Masks can be judged at less than twice the distance of the faces in this picture."),
    mark(
        "If its lens sees {view}°, as most do, masks can be judged up to {metres} m away, best "
        "within {best} m. Let somebody stand there to be sure."
    ),
    mark(
        "If its lens sees {view}°, as most do, masks cannot be judged beyond {metres} m. A longer "
        "lens reaches farther; let somebody stand there to be sure."
    ),
    mark(
        "Faces are dark before a bright background. Turn the camera away from windows, or switch "
        "its backlight compensation (WDR) on."
    ),
    mark("The picture is dark. Add light, or let the camera expose longer."),
    mark("The picture is overexposed. Lower the camera's brightness or exposure."),
    mark("The light is right."),
    mark("The picture is blurred. Clean the lens and set its focus."),
    mark("Faces are sharp."),
    mark("Faces are a little soft. A cleaner lens, a better focus or a higher bit rate helps."),
    mark("Faces are blurred. Set the focus, shorten the exposure, or raise the camera's bit rate."),
    mark("It sends enough pictures to follow people."),
    mark(
        "It sends few pictures: who walks fast may be counted twice. Set the camera to {rate} a "
        "second or more."
    ),
    mark(
        "It sends too few pictures: people pass between two of them. Set the camera to {rate} a "
        "second or more."
    ),
    mark("Redis does not answer; frames are taken again when it does"),
    # cameras: how they do
    mark("Ingest has not reported this camera yet."),
    mark("The camera is being connected."),
    mark("No process opens cameras now; start one (`maskwatch ingest`)"),
    mark(
        "It was lost {n} times within an hour; "
        "check its network, its power, and who else watches it"
    ),
    mark(
        "{share} of its frames could not be read or were lost with a worker; "
        "check the stream, then the workers' logs"
    ),
    mark(
        "{share} of its frames were skipped, for the workers do not keep up; "
        "start more workers, or lower the analysis rate"
    ),
    mark("Its pictures are seen {n} s late; start more workers, or lower the analysis rate"),
    mark(
        "It sends {n} pictures a second, where {wanted} are wanted; "
        "check the frame rate in the camera's settings, and the network"
    ),
    # cameras: addresses and fields
    mark("the address has a space or line break in it; write a space as %20"),
    mark("{device} is no webcam; expected 0 for /dev/video0, and so on"),
    mark("the address names no valid host; expected {scheme}://host/path"),
    mark("the port {port} does not exist; expected 1 to 65535"),
    mark("{name} is outside the media folder; put the file there"),
    mark('the name "{name}" is taken already; choose another one'),
    mark("site: expected one of the sites that you are limited to"),
    mark("there is no camera {id}"),
    mark('The camera "{name}" delivers no picture now.'),
    mark("It was changed since you read it; read it again, then send your change with its ETag."),
    # accounts
    mark("your current password"),
    mark("A browser"),
    mark("a password needs at least {n} characters"),
    mark('"{name}" is the last administrator; add another first'),
    mark("you cannot remove yourself; another administrator can"),
    mark("an administrator sees all cameras; take another role"),
    mark("an administrator's token reaches all sites; take operator"),
    mark("a token must run out in the future"),
    mark("This needs the role {needed}; yours is {role}."),
    mark(
        "This set-up link was used before, or is too old. Start Maskwatch again "
        "for a new one, or sign in."
    ),
    mark(
        "This link was used before, or is too old. Ask an administrator for a new one, or sign in."
    ),
    # signing in
    mark("Write your name."),
    mark("Write your password."),
    mark("Choose a name."),
    mark("Choose a password."),
    mark("Write the password once more."),
    mark("The two passwords are not the same."),
    mark("This name and password do not go together."),
    mark("There is no such token; it may have been revoked. Have an administrator make a new one."),
    mark("This token has run out; have an administrator make a new one."),
    mark(
        "This token may do more than show the wall, and a screen can be taken away: have an "
        "administrator make one of the role viewer with the scope wall alone."
    ),
    mark("Paste the token."),
    mark("This link is too old, or was never made."),
    mark(
        "Nobody has a password yet: open the sign-in or set-up link that was printed "
        "on the terminal."
    ),
    # the system: what is wrong, and what to do
    mark("No ingest process runs: no camera is opened"),
    mark("No worker process runs: no frame is analysed"),
    mark("No recorder process runs: nothing is recorded or shown"),
    mark("No jobs process runs: nothing that takes long begins, and nothing old is deleted"),
    mark("Start one (`maskwatch {kind}`). Where it was started, its log says why it ended."),
    mark("{name} delivers no picture"),
    mark("{name} is behind"),
    mark("{count} cameras are behind"),
    mark(
        "So many at once are more than the machines can do: start more workers, on a further "
        "machine where processors are busy, or lower the cameras' rates."
    ),
    mark("The clock of {host} is {seconds} s ahead of Redis's"),
    mark("The clock of {host} is {seconds} s behind Redis's"),
    mark(
        "Live pictures seem delayed or do not come, and times in the history are wrong. "
        "Have all machines set their clocks by NTP."
    ),
    mark("{name} is lost again and again"),
    mark("{n} results wait to be recorded"),
    mark(
        "The database does not answer, or the recorder does not keep up; look at both. "
        "Nothing is lost while they wait."
    ),
    mark("The frame account of {name} does not balance"),
    mark("This should never be. Please report it with the text of this page."),
    mark("A worker on {host} does not use the active model"),
    mark("It says: {reason}"),
    mark("Processes of different releases run together: {releases}"),
    mark("Update the older ones; their hosts stand below."),
    mark("The disk has {n} GB left"),
    mark("Recording stops when it is full. Make room, or keep pictures for a shorter time."),
    mark("{server} has used {share} of its memory"),
    mark("Frames and results wait there. Raise its `maxmemory`, or start more workers."),
    mark("{server} may throw results away when its memory is full"),
    mark("Its `maxmemory-policy` is {policy}; set it to noeviction."),
    mark("{server} keeps nothing on disk"),
    mark(
        "Results that wait are lost when it ends. Set `appendonly yes` and `appendfsync everysec`."
    ),
    mark("A recorded video was not analysed"),
    mark("History was not erased, or not all of it"),
    mark("What is too old was not deleted, or not all of it"),
    mark("Sharp pictures were not let go, or not all of them"),
    mark("A job failed: {kind}"),
    # the system: what processes say
    mark("{n} cameras, {m} crashes"),
    mark("{n} results"),
    mark("{models}; {n} frames, {m} faces"),
    mark("{words}; not the active model: {reason}"),
    # jobs: how far they are, and how they ended
    mark("{n} of {m} pictures"),
    mark(
        "the video is not there: the dashboard and the jobs need the same upload folder; "
        "send it again"
    ),
    mark("its process was stopped; it goes on with the next one"),
    mark("giving back {n} MB"),
    mark("pictures"),
    mark("sightings"),
    mark("minutes"),
    mark("audit"),
    mark("{reason}; it is run again"),
    mark("{reason} {n} times; it is given up"),
    # the server itself
    mark("no process answered '{topic}' within {n} s; is it running, or busy?"),
    mark(
        "No {kind} is running that could {purpose}; start one (`maskwatch {kind}`), then try again."
    ),
    mark("{what} does not answer; try again soon."),
    mark("Something went wrong here. The server's log says what."),
)

TITLES: Final = (
    mark("Bad Request"),
    mark("Forbidden"),
    mark("Gateway Timeout"),
    mark("Gone"),
    mark("Internal Server Error"),
    mark("Method Not Allowed"),
    mark("Not Found"),
    mark("Service Unavailable"),
    mark("Too Many Requests"),
    mark("Unauthorized"),
)
"""Names of HTTP's statuses, above the pages that say what went wrong."""


def register_sentences(app: Flask) -> None:
    """Let templates write `{{ error | hear }}`."""
    app.add_template_filter(hear)


def hear(text: str) -> str:
    """Say a sentence of the server in the asker's language, where the catalogue knows it."""
    for pattern, sentence in _patterns():
        if found := pattern.fullmatch(text):
            return translate(sentence, **found.groupdict())
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(sentence), sentence) for sentence in (*SENTENCES, *TITLES))


def _pattern(sentence: str) -> re.Pattern[str]:
    """Make a pattern of a sentence; each `{name}` stands for anything."""
    parts = re.split(r"\{(\w+)\}", sentence)
    seen: set[str] = set()
    written = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            written += re.escape(part)
        elif part in seen:
            written += f"(?P={part})"
        else:
            seen.add(part)
            written += f"(?P<{part}>.+?)"
    return re.compile(written, re.DOTALL)
