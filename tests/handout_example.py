"""An invented thread as it is handed out, for tests and for the picture in the docs.

`python -m tests.handout_example` takes the picture anew, where Chromium is here: docs/handout.png.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from agents import settings
from agents.detection import build_detector
from agents.handout import contents
from agents.handout.contents import Handout
from agents.handout.history import Show, covered, histories
from agents.retention.attachment import Attachment
from agents.retention.store import KeptRecord, Raw
from pipeline.record import Coordinates
from tests.browser import browser
from tests.parts import BROWSER

_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_ACCOUNT = "exempelkommun"
WIDTH = 900
_COLOURS = 32
_PICTURE = Path(__file__).parents[1] / "docs/handout.png"


def _event(minute: int, item: str, parent: str | None, change: str, text: str | None, **more: object) -> Raw:
    own = parent is None
    told = {
        "specversion": "1.0",
        "id": f"{item}:{change}:{minute}",
        "source": f"/facebook/{_ACCOUNT}",
        "type": f"se.social.comment.{change}.v1",
        "time": f"2026-11-23T1{minute // 60}:{minute % 60:02}:00Z",
        "data": {
            "platform": "facebook",
            "account_id": _ACCOUNT,
            "object_kind": "post" if own else "comment",
            "change": change,
            "object_id": item,
            "root_id": "1042",
            "parent_id": parent,
            "is_own": own,
            "author": {"id": item, "display_name": "Exempelkommun" if own else "Testa Påhittsson"},
            "text": text,
            **more,
        },
    }
    return Raw(Coordinates("social.raw.v1", 0, minute), 0, b"facebook:1042", json.dumps(told).encode())


_PICTURE_OF = {
    "url": "https://example.org/1.jpg",
    "mime": "image/jpeg",
    "alt_text": "Den nya gungställningen vid torget",
}
RAWS = (
    _event(
        0, "1042", None, "created", "Nu öppnar den nya lekplatsen vid torget! Välkomna på lördag.", media=[_PICTURE_OF]
    ),
    _event(12, "1042_7", "1042", "created", "Fint! Men gungan längst till höger är redan trasig."),
    _event(25, "1042_8", "1042_7", "created", "Ring mig på 070-174 06 05 så kan jag hjälpa till att laga den."),
    _event(31, "1042_8", "1042_7", "hidden", None, change_actor="pipeline"),
    _event(
        40, "1042_9", "1042", "created", "Min granne Anna Påhittsson har cancer och mitt personnummer är 19811228-9874."
    ),
    _event(44, "1042_9", "1042", "edited", "Tack för en fin lekplats!", change_actor="author"),
    _event(70, "1042_11", "1042", "created", "Finns det någon toalett i närheten?"),
    _event(95, "1042_11", "1042", "deleted", None, change_actor="author"),
)


def handout(show: Show, decision: str | None) -> Handout:
    """The example, as `show` lets it be seen."""
    kept = [KeptRecord(raw.object_key, raw.sha256, raw, _AT) for raw in RAWS]
    fetched = Attachment.fetched(RAWS[0].sha256, "/media/0", _AT, b"\xff\xd8" + bytes(184_318), "image/jpeg")
    attached: Mapping[str, tuple[Attachment, ...]] = {RAWS[0].object_key: (fetched,)}
    numbers = {raw.object_key: 20_417 + at for at, raw in enumerate(RAWS)}
    return Handout(histories(kept, show, lambda key: attached.get(key, ()), (), numbers), {}, _AT, decision)


def main() -> None:
    """Take the picture for the docs."""
    with tempfile.TemporaryDirectory() as folder, browser(BROWSER.found(), Path(folder) / "browser") as page:
        data = Path(folder) / "data"
        data.mkdir()
        contents.write(handout(covered(build_detector(settings.load())), None), data)
        page.open(data / "index.html", width=WIDTH)
        with Image.open(io.BytesIO(page.picture())) as picture:
            picture.convert("RGB").quantize(_COLOURS).save(_PICTURE, optimize=True)


if __name__ == "__main__":
    main()
