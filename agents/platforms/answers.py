"""What an HTTP answer, or its absence, says of a call, wherever a platform has no words of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from agents.deadline import Whole
from pipeline.platform import Action, Answer, Reply

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
"""Short, as a call that hangs is read back later; a lease in the journal must outlast the calls of one action."""

_SILENCES = 2.0
_LARGEST = 4 * 1024 * 1024

_BY_STATUS: Mapping[int, Answer] = {
    401: Answer.AUTH_LOST,
    403: Answer.NOT_PERMITTED,
    404: Answer.ALREADY_GONE,
    405: Answer.UNSUPPORTED,
    408: Answer.AMBIGUOUS,
    410: Answer.ALREADY_GONE,
    429: Answer.RETRY_AT,
    501: Answer.UNSUPPORTED,
}


def client(timeout: httpx.Timeout, base_url: str = "", headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client of a platform: an answer has come whole in the time of two silences, or it has timed out."""
    longest = Whole(_SILENCES * (timeout.read or math.inf), _LARGEST)
    return httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=longest, trust_env=False)


def send(client: httpx.Client, request: httpx.Request, action: Action | None) -> httpx.Response | Reply:
    """Send once. No connection: nothing was done. A connection that failed later may have done it."""
    try:
        return client.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Reply(Answer.RETRY_AT, reason=type(error).__name__)
    except (httpx.TransportError, httpx.DecodingError) as error:
        return Reply(Answer.RETRY_AT if action is Action.READ else Answer.AMBIGUOUS, reason=type(error).__name__)


def classify(response: httpx.Response, now: datetime) -> Reply:
    """Read the status and the standard headers.

    A 5xx may come after the deed, so it is ambiguous. "Not found" is for a reading to be told apart from lost rights.
    """
    status = response.status_code
    reason = f"HTTP {status}"
    if response.is_success:
        return Reply(Answer.DONE)
    if status in {429, 503} and (moment := retry_after(response.headers.get("retry-after"), now)):
        return Reply(Answer.RETRY_AT, retry_at=moment, reason=reason)
    if status in _BY_STATUS:
        return Reply(_BY_STATUS[status], reason=reason)
    return Reply(Answer.AMBIGUOUS if status >= httpx.codes.INTERNAL_SERVER_ERROR else Answer.PERMANENT, reason=reason)


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read Retry-After, seconds or a date (RFC 9110, section 10.2.3); rubbish counts as absent."""
    if value is None:
        return None
    try:
        return now + timedelta(seconds=max(0.0, float(value)))
    except (ValueError, OverflowError):
        pass
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
