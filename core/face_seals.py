"""Seal faces so that only the holder of the secret key can look at them.

Whoever cuts a face seals it with a public key, before it leaves the process: Redis,
its append-only file, the recorder and SQL hold what none of them can open. HPKE, as
RFC 9180 has it: X25519, HKDF-SHA256, ChaCha20-Poly1305.
"""

from typing import TYPE_CHECKING

from core.errors import SecretUnreadable
from core.secrets import SecretBox

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

_PURPOSE = "faces"
_VERSION = b"\x01"


class FaceSeal:
    """The public half, for workers."""

    def __init__(self, public: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        self._suite = _suite()
        self._public = X25519PublicKey.from_public_bytes(public)

    def seal(self, content: bytes) -> bytes:
        """Seal a JPEG; 49 bytes are added, and about 0.1 ms goes by."""
        return _VERSION + self._suite.encrypt(content, self._public, info=_PURPOSE.encode())


class FaceKey:
    """The secret halves, newest first, for those who hold the secret key."""

    def __init__(self, box: SecretBox) -> None:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        self._suite = _suite()
        self._keys = [
            X25519PrivateKey.from_private_bytes(secret) for secret in box.derive_each(_PURPOSE)
        ]

    @property
    def public(self) -> bytes:
        """Give the newest key's public half: 32 bytes."""
        return self._keys[0].public_key().public_bytes_raw()

    def open(self, sealed: bytes) -> bytes:
        """Open what FaceSeal sealed. Raises SecretUnreadable."""
        from cryptography.exceptions import InvalidTag

        for key in self._keys if sealed[:1] == _VERSION else []:
            try:
                return self._suite.decrypt(sealed[1:], key, info=_PURPOSE.encode())
            except (InvalidTag, ValueError):
                continue
        raise SecretUnreadable(
            "a picture was sealed with another key; "
            "put the old key back as a further line of the secret key file"
        )


def _suite() -> "Suite":
    # Imported here: only those who keep or show sharp faces need it.
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
