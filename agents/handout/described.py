"""A file of an archive package as METS and PREMIS tell of it: where it is, how big, its hash and its format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Format:
    """What a file is: its media type, and its name and key in PRONOM, the register of formats."""

    mime: str
    name: str
    version: str | None = None
    pronom: str | None = None


_FORMATS = {
    ".html": Format("text/html", "Hypertext Markup Language", "5", "fmt/471"),
    ".json": Format("application/json", "JSON Data Interchange Format", None, "fmt/817"),
    ".xml": Format("application/xml", "Extensible Markup Language", "1.0", "fmt/101"),
    ".txt": Format("text/plain", "Plain Text File", None, "x-fmt/111"),
    ".py": Format("text/x-python", "Python source code"),
    ".jpg": Format("image/jpeg", "JPEG File Interchange Format"),
    ".png": Format("image/png", "Portable Network Graphics"),
    ".gif": Format("image/gif", "Graphics Interchange Format"),
    ".webp": Format("image/webp", "WebP"),
    ".mp4": Format("video/mp4", "MPEG-4 Media File", None, "fmt/199"),
    ".webm": Format("video/webm", "WebM", None, "fmt/573"),
    ".mp3": Format("audio/mpeg", "MPEG 1/2 Audio Layer 3", None, "fmt/134"),
    ".pdf": Format("application/pdf", "Portable Document Format"),
    ".bin": Format("application/octet-stream", "Attachment of another format, bytes unchanged"),
}
_RAW = Format("application/octet-stream", "Event as it came in, bytes unchanged")


@dataclass(frozen=True, slots=True)
class Described:
    """One file, by its path below the folder that a METS file stands in."""

    path: str
    size: int
    sha256: str
    format: Format

    @property
    def id(self) -> str:
        """A name for it that XML allows, the same for the same path."""
        return f"ID-{uuid5(NAMESPACE_URL, self.path)}"


def describe(below: Path, file: Path) -> Described:
    """Read a file and describe it."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return Described(
        file.relative_to(below).as_posix(), file.stat().st_size, digest.hexdigest(), _FORMATS.get(file.suffix, _RAW)
    )


def describe_all(below: Path, folder: Path) -> list[Described]:
    """Every file in a folder and deeper, by path."""
    return [describe(below, file) for file in sorted(folder.rglob("*")) if file.is_file()]
