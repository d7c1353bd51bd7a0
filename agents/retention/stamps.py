"""Time stamps of the daily heads (RFC 3161): a stranger's word that a head was there by then, whoever holds our keys.

What is stamped is the file of the head as it stands, so that no tool of ours is needed to check it:
`openssl ts -verify -data day-….json -in day-….tsr -CAfile ROOTS`.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from agents.deadline import Whole
from agents.retention.stamped import ENDING, unstamped
from agents.retention.trouble import translated
from pipeline.errors import AnslagsvaktError, BadConfiguration, RetryLater

_LARGEST = 64 * 1024
_TIMEOUT_S = 20.0
_EVERY_S = 600.0


class Roots:
    """The authorities whose stamps we believe."""

    def __init__(self, certificates: list[x509.Certificate]) -> None:
        self._certificates = certificates

    @classmethod
    def of(cls, path: Path) -> Self:
        """From a file of certificates (PEM); raises BadConfiguration."""
        try:
            return cls(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError):
            raise BadConfiguration(
                f"{path}: holds no certificates in PEM: ANSLAGSVAKT_STAMP_ROOTS_FILE must name the authority's"
            ) from None

    def time_of(self, stamp: bytes, stamped: bytes, *, nonce: int | None = None) -> datetime:
        """When these bytes were stamped; raises ValueError, saying why, where that is no stamp of theirs over them."""
        try:
            answer: TimeStampResponse = decode_timestamp_response(stamp)
            builder = VerifierBuilder(roots=list(self._certificates), nonce=nonce)
            builder.build().verify(answer, hashlib.sha256(stamped).digest())
        except VerificationError:
            raise ValueError("it is no stamp of a trusted authority over this head") from None
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"it is no time stamp ({type(error).__name__})") from None
        return answer.tst_info.gen_time


def stamp(log: Path, url: str, roots: Roots) -> int:
    """Have every daily head stamped that is not; returns how many were. Idempotent.

    Raises:
        RetryLater: the authority does not answer, or answers what is no stamp of its own.
    """
    count = 0
    for head in unstamped(log):
        answer = _ask(url, roots, head.read_bytes())
        with translated(log):
            waiting = head.with_suffix(".waiting")
            with waiting.open("wb") as file:
                file.write(answer)
                file.flush()
                os.fsync(file.fileno())
            waiting.rename(head.with_suffix(ENDING))
        count += 1
    return count


@contextmanager
def stamping(log: Path, url: str, roots: Roots, failed: Callable[[AnslagsvaktError], None]) -> Iterator[None]:
    """Stamp now and every ten minutes from a thread while the block lasts: nothing ever waits for a stranger."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                stamp(log, url, roots)
            except AnslagsvaktError as error:
                failed(error)
            stop.wait(_EVERY_S)

    threading.Thread(target=work, name="stamps", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _ask(url: str, roots: Roots, head: bytes) -> bytes:
    request = TimestampRequestBuilder().data(head).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        with httpx.Client(transport=Whole(_TIMEOUT_S, _LARGEST), timeout=_TIMEOUT_S, trust_env=False) as client:
            answer = client.post(
                url, content=request.as_bytes(), headers={"Content-Type": "application/timestamp-query"}
            ).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RetryLater(f"the time stamp authority gives no answer of use ({type(error).__name__})") from None
    try:
        roots.time_of(answer.content, head, nonce=request.nonce)
    except ValueError as error:
        raise RetryLater(f"the time stamp authority's answer is refused: {error}") from None
    return answer.content
