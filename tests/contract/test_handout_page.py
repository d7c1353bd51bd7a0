"""The page of a hand-out in a real browser: it shows what it should, covers what it must, and fits where it is read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import settings
from agents.detection import build_detector
from agents.handout import contents
from agents.handout.history import covered, uncovered
from tests.browser import Page, browser
from tests.handout_example import handout
from tests.parts import BROWSER

_CONTRAST = """
(() => {
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => {
    const [r, g, b] = c.match(/\\d+/g).slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const c = getComputedStyle(e).backgroundColor;
    return c === 'rgba(0, 0, 0, 0)' && e.parentElement ? behind(e.parentElement) : c;
  };
  const says = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const ratios = [...document.querySelectorAll('body *')].filter(says).map((e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
  return Math.min(...ratios);
})()
"""
"""The least contrast of any text (WCAG 2.2, 1.4.3)."""
_READABLE = 4.5


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(BROWSER.found(), tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("covered")
    contents.write(handout(covered(build_detector(settings.load())), None), folder)
    return folder / "index.html"


@pytest.fixture
def full(tmp_path: Path) -> Path:
    contents.write(handout(uncovered, "KS 2026/7"), tmp_path)
    return tmp_path / "index.html"


def text(page: Page) -> str:
    return str(page.says("document.body.innerText"))


def test_what_is_covered_is_seen_to_be_and_cannot_be_read(chromium: Page, shown: Path) -> None:
    chromium.open(shown, width=900)
    assert chromium.says("[...document.querySelectorAll('mark')].map((e) => e.innerText).join()") == (
        "telefonnummer,namn,hälsa,personnummer"
    )
    assert chromium.says("document.documentElement.lang + document.querySelectorAll('script, [src]').length") == "sv0"
    for secret in ("070-174", "19811228", "cancer", "Påhittsson"):
        assert secret not in text(chromium)
        assert secret not in shown.read_text(encoding="utf-8")


def test_the_thread_stands_as_it_was_with_every_version(chromium: Page, shown: Path) -> None:
    chromium.open(shown, width=900)
    read = text(chromium)
    order = [
        "Nu öppnar den nya lekplatsen",
        "gungan längst till höger",
        "så kan jag hjälpa till",
        "Dold av kommunen genom Anslagsvakt 2026-11-23 kl. 11.31",
        "Min granne",
        "Ändrad av den som skrev 2026-11-23 kl. 11.44",
        "Finns det någon toalett",
        "Raderad av den som skrev 2026-11-23 kl. 12.35",
    ]
    assert sorted(order, key=read.index) == order
    lefts = chromium.says("[...document.querySelectorAll('article')].map((e) => e.getBoundingClientRect().left)")
    assert lefts[0] < lefts[1] < lefts[2], "an answer stands further in than what it answers"
    assert lefts[1] == lefts[3] == lefts[4]


def test_uncovered_it_names_the_decision_and_the_writers(chromium: Page, full: Path) -> None:
    chromium.open(full, width=900)
    read = text(chromium)
    for told in ("enligt beslut KS 2026/7", "Testa Påhittsson", "19811228-9874", "070-174 06 05"):
        assert told in read
    assert chromium.says("document.querySelectorAll('mark').length") == 0
    (link,) = chromium.says("[...document.querySelectorAll('a')].map((e) => decodeURI(e.getAttribute('href')))")
    assert (full.parent / link).is_file()


@pytest.mark.parametrize("width", [320, 900, 1600])
def test_nothing_runs_out_of_the_page_and_all_of_it_can_be_read(chromium: Page, shown: Path, width: int) -> None:
    """At 320 pixels as well, as on a telephone or enlarged four times (WCAG 2.2, 1.4.10)."""
    chromium.open(shown, width=width)
    assert chromium.says("document.documentElement.scrollWidth") <= width
    assert chromium.says(_CONTRAST) >= _READABLE


def test_it_prints(chromium: Page, shown: Path) -> None:
    chromium.open(shown, width=900)
    assert chromium.printed().startswith(b"%PDF")
    assert chromium.picture().startswith(b"\x89PNG")
