"""XML written as it reads: an element, its attributes, and its text or children."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

Element = etree._Element  # noqa: SLF001  # lxml has no public name for it
NONE: Mapping[str, str] = {}
_UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (section 2.2)."""


class Maker:
    """Makes elements of one namespace; `names` gives the prefixes of the document."""

    def __init__(self, namespace: str, names: Mapping[str, str]) -> None:
        self._namespace = namespace
        self._names = dict(names)

    def __call__(self, name: str, attributes: Mapping[str, str] = NONE, /, *inside: Element | str) -> Element:
        """An element holding a text or elements; U+FFFD stands for each character that XML cannot hold."""
        made = etree.Element(f"{{{self._namespace}}}{name}", dict(attributes), self._names)
        for each in inside:
            if isinstance(each, str):
                made.text = _UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", each)
            else:
                made.append(each)
        return made


def document(root: Element) -> bytes:
    """The whole document, indented, in UTF-8."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
