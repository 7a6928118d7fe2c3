"""Seal what must not be readable at rest: camera addresses, for one."""

import hashlib
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import BadSettings, SecretUnreadable
from core.private_files import create_private


class SecretBox:
    """Seals with the newest key and opens with any, so that keys can be rotated."""

    def __init__(self, keys: list[bytes]) -> None:
        self._keys = keys
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def open(cls, key_file: Path, *, create: bool = False) -> "SecretBox":
        """Read a key file: one Fernet key a line, newest first.

        create makes the file, mode 0600, where there is none. Raises BadSettings.
        """
        if create and not key_file.exists():
            _write_new_key(key_file)
        try:
            keys = key_file.read_bytes().split()
            return cls(keys)
        except OSError as error:
            raise BadSettings(
                f"the secret key file {key_file} cannot be read ({error.strerror}); "
                "set MASKWATCH_SECRET_KEY_FILE, or restore the file from your backup"
            ) from error
        except (ValueError, IndexError) as error:
            raise BadSettings(
                f"{key_file} holds no valid key; expected one 32-byte url-safe base64 key a line"
            ) from error

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """Open what seal made. Raises SecretUnreadable if none of our keys fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SecretUnreadable(
                "a stored secret was sealed with another key; "
                "put the old key back as a further line of the secret key file"
            ) from error

    def derive(self, purpose: str) -> str:
        """Derive a text key for one purpose (sessions, say) from the newest key."""
        return self.derive_each(purpose)[0].hex()

    def derive_each(self, purpose: str) -> list[bytes]:
        """Derive 32 bytes for one purpose from every key, newest first."""
        # Imported here: only the dashboard and jobs derive keys.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return [
            HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key) for key in self._keys
        ]


def digest(secret: str, purpose: str = "") -> str:
    """Hash a secret of our own making, to keep it: it is long and random, so it needs no salt.

    purpose: what it opens; a secret of one purpose is none of another.
    """
    text = f"{purpose}:{secret}" if purpose else secret
    return hashlib.sha256(text.encode()).hexdigest()


def _write_new_key(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    with create_private(key_file) as file:
        file.write(Fernet.generate_key() + b"\n")
