"""How attachments are handed out: always told of, given only where nothing is covered: a picture cannot be masked."""

from __future__ import annotations

from agents.retention.attachment import Attachment

FOLDER = "media"
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "application/pdf": ".pdf",
}
"""What a reader may open; anything else, such as a page with a script in it, gets an ending that opens nothing."""


def file_name(attachment: Attachment) -> str:
    """What the file of an attachment is called."""
    return f"{attachment.sha256}{_ENDINGS.get(attachment.mime or '', '.bin')}"


def told(attachment: Attachment) -> str:
    """An attachment in a line."""
    if attachment.missing:
        return f"could not be fetched ({attachment.missing}), {attachment.at.isoformat(timespec='seconds')}"
    kind = attachment.mime or "of unknown type"
    return f"{kind}, {len(attachment.content)} bytes, SHA-256 {attachment.sha256}"


def data(attachment: Attachment, *, whole: bool) -> dict[str, object]:
    """An attachment as data; with its hash only where it is handed out whole."""
    told: dict[str, object] = {
        "field": attachment.field,
        "at": attachment.at,
        "mime": attachment.mime,
        "size": len(attachment.content),
        "missing": attachment.missing,
    }
    return told | {"sha256": attachment.sha256} if whole else told
