"""Workers are told what may be kept, and with which key a sharp face is sealed."""

from cryptography.fernet import Fernet

from core.face_seals import FaceKey
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.storage.engine import Database
from core.storage.evidence_policy import publish_face_seal, read_policy
from core.storage.preferences import write_preferences
from core.storage.tables import SettingRow


def choose(database: Database, mode: EvidenceMode) -> None:
    with database.write() as session:
        write_preferences(session, Preferences(evidence=mode))


def test_a_new_installation_keeps_blurred_pictures(any_database: Database) -> None:
    with any_database.read() as session:
        policy = read_policy(session)
    assert (policy.mode, policy.seal) == (EvidenceMode.BLURRED, None)


def test_only_the_sharp_mode_gives_a_seal_and_we_can_open_it(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        publish_face_seal(session, box)
    for mode in EvidenceMode:
        choose(any_database, mode)
        with any_database.read() as session:
            policy = read_policy(session)
        assert policy.mode is mode
        assert (policy.seal is not None) == (mode is EvidenceMode.SHARP)
    assert policy.seal is not None
    assert FaceKey(box).open(policy.seal.seal(b"face")) == b"face"


def test_a_new_key_replaces_the_published_one(any_database: Database, box: SecretBox) -> None:
    choose(any_database, EvidenceMode.SHARP)
    newest = SecretBox([Fernet.generate_key()])
    for one in (box, newest):
        with any_database.write() as session:
            publish_face_seal(session, one)
    with any_database.read() as session:
        policy = read_policy(session)
    assert policy.seal is not None
    assert FaceKey(newest).open(policy.seal.seal(b"face")) == b"face"


def test_what_is_published_is_no_secret(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        publish_face_seal(session, box)
    with any_database.read() as session:
        row = session.get_one(SettingRow, "face_seal")
    assert row.value == FaceKey(box).public
    assert row.value not in box.derive_each("faces")


def test_without_a_published_key_sharp_has_no_seal(any_database: Database) -> None:
    choose(any_database, EvidenceMode.SHARP)
    with any_database.read() as session:
        policy = read_policy(session)
    assert (policy.mode, policy.seal) == (EvidenceMode.SHARP, None)
