"""The cover page of a police report's package: in Swedish, since Swedish police read it, and it needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from importlib.resources import files
from zoneinfo import ZoneInfo

from agents.handout import swedish
from agents.handout.contents import Handout
from agents.handout.history import Item
from agents.retention.attachment import Attachment
from agents.takedown.people import Deeds
from pipeline.attempts import recount
from pipeline.message import Result, RuleNote
from pipeline.platform import Presence

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_ENDS = {
    Result.HIDDEN: "Dold",
    Result.REMOVED: "Borttagen",
    Result.ALREADY_GONE: "Redan borta när kommunen kom dit",
    Result.GONE_BEFORE_US: "Borttagen av avsändaren själv",
    Result.WITHDRAWN: "Återtagen",
    Result.NOT_PERMITTED: "Plattformen nekade",
    Result.UNSUPPORTED: "Plattformen erbjuder inte åtgärden",
    Result.FAILED: "Misslyckades",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of the reported item: `grounds` are the rules that spoke, each with its law."""

    permalink: str | None
    author_id: str | None
    author_name: str | None
    grounds: Sequence[RuleNote]
    contact: str


def cover(facts: Facts, handout: Handout, deeds: Iterable[Deeds]) -> str:
    """The page, whole; the hand-out holds the reported item alone."""
    (reported,) = handout.items
    decision = escape(handout.decision or "saknas")
    style = (files("agents.handout") / "page.css").read_text(encoding="utf-8")
    body = "".join((*_what(facts, reported), *_why(facts), *_preserved(reported), *_done(deeds), _CHECK))
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Underlag till polisanmälan</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>Underlag till polisanmälan</h1>\n<p>Framtaget {_when(handout.made_at)} enligt beslut {decision}. "
        f"Frågor besvaras av {escape(facts.contact)}.</p></header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _what(facts: Facts, reported: Item) -> Iterator[str]:
    rows = {
        "Vad": swedish.KINDS.get(reported.kind, "Handling"),
        "Plattform": reported.platform,
        "Kommunens konto": reported.account,
        "Beteckning på plattformen": reported.item,
        "Tråd": reported.thread,
        "Adress": facts.permalink,
        "Avsändare, enligt plattformen": facts.author_name,
        "Avsändarens beteckning": facts.author_id,
    }
    yield "<h2>Det anmälda</h2>\n<dl>\n"
    for name, value in rows.items():
        yield f"<dt>{name}</dt><dd>{escape(value) if value else 'Framgår inte'}</dd>\n"
    yield "</dl>\n"
    for version in reported.versions:
        change = swedish.CHANGES.get(version.change, version.change)
        yield f"<h3>{escape(change)}{f' {_when(version.time)}' if version.time else ''}</h3>\n"
        for pointer, text in version.texts.items():
            if not pointer.startswith("/author"):
                yield f"<blockquote>{escape(text)}</blockquote>\n"


def _why(facts: Facts) -> Iterator[str]:
    yield "<h2>Varför det uppmärksammats</h2>\n<ul>\n"
    for rule in facts.grounds:
        yield f"<li>{escape(rule.id)}: {escape(rule.legal_basis)}</li>\n"
    if not facts.grounds:
        yield "<li>Bedömt av handläggare.</li>\n"
    yield "</ul>\n<p>Reglerna är kommunens egna och säger inget om skuld; de anger vad texten granskats mot.</p>\n"


def _preserved(reported: Item) -> Iterator[str]:
    yield "<h2>Bevarat</h2>\n<ul>\n"
    for version in reported.versions:
        yield f"<li>Arkiverat {_when(version.archived_at)}, SHA-256 <code>{version.sha256}</code></li>\n"
        for each in version.attachments:
            yield f"<li>Bilaga, {_attached(each)}</li>\n"
    yield "</ul>\n"


def _attached(each: Attachment) -> str:
    if each.missing:
        return f"kunde inte hämtas {_when(each.at)} ({escape(each.missing)})"
    size = swedish.bytes_of(len(each.content))
    return f"{size}, hämtad {_when(each.at)}, SHA-256 <code>{each.sha256}</code>"


def _done(deeds: Iterable[Deeds]) -> Iterator[str]:
    lines = [line for each in deeds for line in _deed(each)]
    yield "<h2>Vad kommunen har gjort</h2>\n<ul>\n"
    yield from (f"<li>{line}</li>\n" for line in lines or ["Ingen åtgärd på plattformen är noterad."])
    yield "</ul>\n"


def _deed(each: Deeds) -> Iterator[str]:
    story = recount(each.attempts)
    yield f"Beslut om åtgärd {_when(each.order.issued_at)}, order <code>{escape(each.order.order_id)}</code>"
    for presence, word in ((Presence.HIDDEN, "Sedd dold"), (Presence.GONE, "Sedd borta")):
        if at := story.first_seen(presence):
            yield f"{word} {_when(at)}"
    yield _ENDS.get(each.ended, "Pågår") if each.ended else "Pågår"


_CHECK = """\
<h2>Så kan äktheten prövas</h2>
<p>Mappen <code>raw</code> innehåller det anmälda precis som det kom in, namngivet efter sin SHA-256, och mappen
<code>media</code> dess bilagor, när det finns några. Mappen <code>proof</code> innehåller för varje fil ett bevis för
att den fanns i kommunens arkiv vid den tid som anges, signerat med arkivets nyckel. Programmet
<code>check_record.py</code> prövar det och behöver bara Python:</p>
<p><code>python check_record.py proof/FIL.json raw/FIL</code></p>
<p>Beviset för en bilaga heter efter det inlägg som den hör till, med ett tillägg efter en punkt:
<code>python check_record.py proof/FIL.TILLÄGG.json media/BILAGA</code></p>
<p><code>index.html</code> visar det anmälda i alla sina versioner, med bilagor, och <code>trad.html</code> det i sitt
sammanhang, där allt är maskerat. <code>atgarder.json</code> innehåller varje anrop till plattformen. Att inget i
paketet har ändrats visar kontrollsummorna (BagIt, RFC 8493).</p>
"""


def _when(at: datetime) -> str:
    return f'<time datetime="{at.isoformat()}">{at.astimezone(_STOCKHOLM):%Y-%m-%d kl. %H.%M}</time>'
