# SPDX-License-Identifier: Apache-2.0
"""The handshake Noise_NNpsk0_25519_ChaChaPoly_SHA256 (The Noise Protocol Framework, revision 34), word for word.

Both ends hold a key of 32 bytes that was shared beforehand. Fresh X25519 keys of both sides give secrecy of what was
said before a key was stolen, and the shared key, mixed in before anything else, authenticates both sides: neither can
make a message that the other opens without it. A published construction with a published proof and published test
vectors, on the primitives of ``cryptography``; nothing in it is of our own making. The pattern:

    -> psk, e
    <- e, ee

The names are those of the specification, so that a reader can hold it beside this file.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, Hash

PROTOCOL_NAME = b"Noise_NNpsk0_25519_ChaChaPoly_SHA256"
KEY_BYTES = 32  # of a shared key, a public key, a cipher's key and a hash alike
TAG_BYTES = 16

# Gives so many secret random bytes: the system's source everywhere but in a simulation, which replays by its seed.
Entropy: TypeAlias = Callable[[int], bytes]


class NotAuthentic(Exception):
    """A message that the holder of the key did not make, or not in this place."""


def compute_hash(data: bytes) -> bytes:
    """SHA-256."""
    digest = Hash(SHA256())
    digest.update(data)
    return digest.finalize()


def compute_hkdf(chaining_key: bytes, material: bytes, count: int) -> list[bytes]:
    """Two or three keys by HKDF (RFC 5869), the chaining key as salt, without further information."""
    secret = hmac.digest(chaining_key, material, "sha256")
    outputs: list[bytes] = []
    for number in range(1, count + 1):
        last = outputs[-1] if outputs else b""
        outputs.append(hmac.digest(secret, last + bytes([number]), "sha256"))
    return outputs


@dataclass(slots=True)
class CipherState:
    """One direction's key. The nonce counts; the caller names it, because frames get lost (section 11.4)."""

    key: bytes

    def encrypt(self, nonce: int, plain: bytes, associated: bytes = b"") -> bytes:
        """Seal with ChaCha20-Poly1305 (RFC 8439); a nonce is never to be used twice."""
        return ChaCha20Poly1305(self.key).encrypt(_make_nonce(nonce), plain, associated)

    def decrypt(self, nonce: int, sealed: bytes, associated: bytes = b"") -> bytes:
        """Open, or ``NotAuthentic``."""
        try:
            return ChaCha20Poly1305(self.key).decrypt(_make_nonce(nonce), sealed, associated)
        except InvalidTag:
            raise NotAuthentic from None


def _make_nonce(nonce: int) -> bytes:
    return bytes(4) + nonce.to_bytes(8, "little")


@dataclass(slots=True)
class SymmetricState:
    """What both sides have mixed so far: the chaining key, the hash of all that was said, and the present key."""

    ck: bytes
    h: bytes
    cipher: CipherState | None = None
    nonce: int = 0

    def mix_hash(self, data: bytes) -> None:
        """Bind what was said to what follows."""
        self.h = compute_hash(self.h + data)

    def mix_key(self, material: bytes) -> None:
        """Bind a secret to what follows."""
        self.ck, key = compute_hkdf(self.ck, material, 2)
        self.cipher, self.nonce = CipherState(key), 0

    def mix_key_and_hash(self, material: bytes) -> None:
        """Bind the shared key to what follows."""
        self.ck, shared, key = compute_hkdf(self.ck, material, 3)
        self.mix_hash(shared)
        self.cipher, self.nonce = CipherState(key), 0

    def encrypt_and_hash(self, plain: bytes) -> bytes:
        """Seal a part of the handshake."""
        if self.cipher is None:
            raise ValueError("this pattern has a key before it has anything to seal")
        sealed = self.cipher.encrypt(self.nonce, plain, self.h)
        self.nonce += 1
        self.mix_hash(sealed)
        return sealed

    def decrypt_and_hash(self, sealed: bytes) -> bytes:
        """Open a part of the handshake, or ``NotAuthentic``."""
        if self.cipher is None:
            raise ValueError("this pattern has a key before it has anything to open")
        plain = self.cipher.decrypt(self.nonce, sealed, self.h)
        self.nonce += 1
        self.mix_hash(sealed)
        return plain

    def split(self) -> tuple[CipherState, CipherState]:
        """The keys of both directions: first that of who began."""
        first, second = compute_hkdf(self.ck, b"", 2)
        return CipherState(first), CipherState(second)


def start_symmetric(prologue: bytes) -> SymmetricState:
    """The state before the first message. The protocol's name is longer than a hash, and therefore hashed."""
    h = compute_hash(PROTOCOL_NAME)
    state = SymmetricState(ck=h, h=h)
    state.mix_hash(prologue)
    return state


def make_ephemeral(entropy: Entropy = secrets.token_bytes) -> X25519PrivateKey:
    """A fresh key for one handshake."""
    return X25519PrivateKey.from_private_bytes(entropy(KEY_BYTES))


@dataclass(slots=True)
class Keys:
    """What a finished handshake leaves: a key for each direction, and the hash that names the session."""

    send: CipherState
    receive: CipherState
    h: bytes


@dataclass(slots=True)
class Initiator:
    """The side that begins: the host."""

    psk: bytes
    prologue: bytes
    e: X25519PrivateKey = field(default_factory=make_ephemeral)
    state: SymmetricState = field(init=False)

    def write(self, payload: bytes = b"") -> bytes:
        """The first message: ``psk, e``. Its payload can be replayed, so nothing of weight belongs there."""
        self.state = start_symmetric(self.prologue)
        self.state.mix_key_and_hash(self.psk)
        return _write_ephemeral(self.state, self.e) + self.state.encrypt_and_hash(payload)

    def read(self, message: bytes) -> tuple[Keys, bytes]:
        """Take the second message, ``e, ee``: the keys and its payload, or ``NotAuthentic``."""
        state = replace(self.state)  # so that a forged message leaves room for the true one
        _read_ephemeral(state, message)
        state.mix_key(_exchange(self.e, message))
        payload = state.decrypt_and_hash(message[KEY_BYTES:])
        send, receive = state.split()
        return Keys(send, receive, state.h), payload


@dataclass(slots=True)
class Responder:
    """The side that answers: the pump."""

    psk: bytes
    prologue: bytes
    e: X25519PrivateKey = field(default_factory=make_ephemeral)

    def respond(self, message: bytes, payload: bytes = b"") -> tuple[Keys, bytes]:
        """Take the first message and make the second: the keys and what to send, or ``NotAuthentic``."""
        state = start_symmetric(self.prologue)
        state.mix_key_and_hash(self.psk)
        _read_ephemeral(state, message)
        state.decrypt_and_hash(message[KEY_BYTES:])
        sent = _write_ephemeral(state, self.e)
        state.mix_key(_exchange(self.e, message))
        sent += state.encrypt_and_hash(payload)
        receive, send = state.split()
        return Keys(send, receive, state.h), sent


def _write_ephemeral(state: SymmetricState, e: X25519PrivateKey) -> bytes:
    public = e.public_key().public_bytes_raw()
    state.mix_hash(public)
    state.mix_key(public)  # in patterns with a psk the public key is mixed in as well (section 9.2)
    return public


def _read_ephemeral(state: SymmetricState, message: bytes) -> None:
    if len(message) < KEY_BYTES + TAG_BYTES:
        raise NotAuthentic
    state.mix_hash(message[:KEY_BYTES])
    state.mix_key(message[:KEY_BYTES])


def _exchange(e: X25519PrivateKey, message: bytes) -> bytes:
    try:
        return e.exchange(X25519PublicKey.from_public_bytes(message[:KEY_BYTES]))
    except ValueError:  # a public key of small order gives no secret
        raise NotAuthentic from None
