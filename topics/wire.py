"""To bytes and back: how each message is written on its topic, and what is refused.

An unknown version is told apart from rubbish, and both are dead letters, not crashes. Errors name the path of a field,
never its content.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from pipeline.errors import Undecodable, UnknownVersion
from pipeline.event import Event
from pipeline.message import DeadLetterNote, Fingerprint, Message, Order, Outcome, Receipt, ReviewItem, Withdrawal

VERSION = 1
"""The version of every message that this release writes, and the only one it reads."""

_SPECVERSION, _SUFFIX = "1.0", f".v{VERSION}"
_TYPE_VERSION = re.compile(r"\.v([0-9]+)\Z")
_PATH = re.compile(r"`(\$[^`]*)`$")
_encoder = msgspec.json.Encoder(order="deterministic")
_event = msgspec.json.Decoder(Event)
_takedown: msgspec.json.Decoder[Order | Withdrawal] = msgspec.json.Decoder(Order | Withdrawal)
_review_item = msgspec.json.Decoder(ReviewItem)
_receipt = msgspec.json.Decoder(Receipt)
_outcome = msgspec.json.Decoder(Outcome)
_fingerprint = msgspec.json.Decoder(Fingerprint)
_dead_letter = msgspec.json.Decoder(DeadLetterNote)
T = TypeVar("T")


class _Version(msgspec.Struct):
    version: int


class _Envelope(msgspec.Struct):
    specversion: str
    type: str


_version = msgspec.json.Decoder(_Version)
_envelope = msgspec.json.Decoder(_Envelope)


def encode(message: Message) -> bytes:
    """Write any of our messages as JSON with sorted fields: the same message always gives the same bytes."""
    return _encoder.encode(message)


def decode_event(value: bytes | None) -> Event:
    """Read a raw social event.

    Raises:
        Undecodable: not UTF-8, not JSON, a wrong type or a missing field; the reason names the path.
        UnknownVersion: a CloudEvents `specversion` or a `type` version that we do not know.
    """
    try:
        event = _decode(_event, value)
    except Undecodable:
        envelope = _peek(_envelope, value)
        if envelope:
            _refuse_unknown(envelope.specversion, envelope.type)
        raise
    if event.specversion == _SPECVERSION and event.type.endswith(_SUFFIX):
        return event
    _refuse_unknown(event.specversion, event.type)
    raise Undecodable("wrong value at $.type")


def decode_takedown(value: bytes | None) -> Order | Withdrawal:
    """Read a message of the takedown topic; raises as `decode_event`."""
    return _decode_versioned(_takedown, value)


def decode_review_item(value: bytes | None) -> ReviewItem:
    """Read a review item; raises as `decode_event`."""
    return _decode_versioned(_review_item, value)


def decode_receipt(value: bytes | None) -> Receipt:
    """Read a receipt; raises as `decode_event`."""
    return _decode_versioned(_receipt, value)


def decode_outcome(value: bytes | None) -> Outcome:
    """Read an outcome; raises as `decode_event`."""
    return _decode_versioned(_outcome, value)


def decode_fingerprint(value: bytes | None) -> Fingerprint:
    """Read a fingerprint; raises as `decode_event`."""
    return _decode_versioned(_fingerprint, value)


def decode_dead_letter(value: bytes | None) -> DeadLetterNote:
    """Read a dead letter; raises as `decode_event`."""
    return _decode_versioned(_dead_letter, value)


def _refuse_unknown(specversion: str, type_: str) -> None:
    if specversion != _SPECVERSION:
        raise UnknownVersion("specversion") from None
    version = _TYPE_VERSION.search(type_)
    if version and version[1] != str(VERSION):
        raise UnknownVersion("type") from None


def _decode_versioned(decoder: msgspec.json.Decoder[T], value: bytes | None) -> T:
    try:
        return _decode(decoder, value)
    except Undecodable:
        peeked = _peek(_version, value)
        if peeked and peeked.version != VERSION:
            raise UnknownVersion("version") from None
        raise


def _peek(decoder: msgspec.json.Decoder[T], value: bytes | None) -> T | None:
    """The version fields of a message of which the rest may be unknown, or None if not even they can be read."""
    try:
        return _decode(decoder, value)
    except Undecodable:
        return None


def _decode(decoder: msgspec.json.Decoder[T], value: bytes | None) -> T:
    if value is None:
        raise Undecodable("no value")
    try:
        return decoder.decode(value)
    except msgspec.ValidationError as error:
        path = _PATH.search(str(error))
        raise Undecodable(f"wrong or missing field at {path[1] if path else '$'}") from None
    except UnicodeDecodeError:
        raise Undecodable("not UTF-8") from None
    except (msgspec.DecodeError, RecursionError):
        raise Undecodable("not JSON") from None
