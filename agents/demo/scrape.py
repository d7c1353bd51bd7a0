"""What the processes say of themselves: their /metrics, read as Prometheus would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_EVENTS = "anslagsvakt_events_total"
_EXPOSURE = "anslagsvakt_exposure_seconds"


@dataclass(frozen=True, slots=True)
class Exposure:
    """How soon items reached a step: how many did, and the bounds (seconds) within which half and 95 % of them did."""

    count: int
    half_within: float
    most_within: float


@dataclass(frozen=True, slots=True)
class Scraped:
    """The metrics of all processes at one moment: events by state, exposure by step, and the pages themselves."""

    states: Counter[str] = field(default_factory=Counter)
    exposure: dict[str, Exposure] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


class Scraper:
    """Reads /metrics at these addresses, by process; one that does not answer just now keeps its last figures."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._client = httpx.Client(timeout=2, trust_env=False)
        self._urls = urls
        self._pages = dict.fromkeys(urls, "")

    def scrape(self) -> Scraped:
        """Ask all processes now."""
        for process, url in self._urls.items():
            try:
                self._pages[process] = self._client.get(url).raise_for_status().text
            except httpx.HTTPError:
                continue
        return read(self._pages)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def read(pages: Mapping[str, str]) -> Scraped:
    """What pages in Prometheus' text format say together."""
    samples = [
        sample
        for page in pages.values()
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    ]
    states: Counter[str] = Counter()
    for sample in samples:
        if sample.name == _EVENTS:
            states[sample.labels["state"]] += int(sample.value)
    steps = {sample.labels["step"] for sample in samples if sample.name == f"{_EXPOSURE}_count" and sample.value}
    return Scraped(states, {step: _exposure(samples, step) for step in steps}, dict(pages))


def _exposure(samples: Sequence[Sample], step: str) -> Exposure:
    ours = [sample for sample in samples if sample.labels.get("step") == step]
    count = sum(int(sample.value) for sample in ours if sample.name == f"{_EXPOSURE}_count")
    within: Counter[float] = Counter()
    for sample in ours:
        if sample.name == f"{_EXPOSURE}_bucket":
            within[float(sample.labels["le"])] += int(sample.value)

    def bound(share: float) -> float:
        return min(bound for bound, reached in within.items() if reached >= share * count)

    return Exposure(count, bound(0.5), bound(0.95))
