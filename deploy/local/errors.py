"""What can go wrong with the embedded broker, in one line that names the remedy."""

from __future__ import annotations

REMEDY = "or set ANSLAGSVAKT_BOOTSTRAP_SERVERS to a Kafka that exists"


class BrokerUnavailable(Exception):
    """The embedded Apache Kafka cannot be had or cannot run; the message says why and what to do."""


class JarRefused(BrokerUnavailable):
    """A jar is not the one the lock names, even when fetched anew, and was not used."""
