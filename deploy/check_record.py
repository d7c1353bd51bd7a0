"""Is FILE what the archive kept, as it was signed? `python check_record.py PROOF.json FILE [PUBLIC_KEY [ROOTS.pem]]`.

Needs nothing but Python 3.8 or later: no network, no other package, none of Anslagsvakt's code. Only a time stamp, if
the proof has one, is checked by openssl, against the certificates of its authority (ROOTS.pem).

1. FILE is what the archive's log names. A record's name is the SHA-256 of its bytes. An attachment's is that of its
   record and 64 bits of a hash over its place there and its own SHA-256; where the archive does not seal what it keeps,
   the log also has the SHA-256 of the whole.
2. The log's entry and the path in the proof lead to a root (RFC 9162, section 2.1.3.2).
3. That root was signed with the public key (Ed25519, RFC 8032), at the time that the head tells.
4. The head was there when the authority stamped it (RFC 3161), whatever the archive's own clock says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y: int, odd: int) -> int:
    """The x of a point of the curve from its y and the lowest bit of x (RFC 8032, 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("no point of the curve")
    return P - x if x % 2 != odd else x


def point(encoded: bytes) -> tuple[int, int, int, int]:
    """A point from its 32 bytes, in extended coordinates."""
    number = int.from_bytes(encoded, "little")
    y = number & ((1 << 255) - 1)
    x = recover_x(y, number >> 255)
    return x, y, 1, x * y % P


def add(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The sum of two points (RFC 8032, 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, p: tuple[int, ...]) -> tuple[int, ...]:
    """A point added to itself so many times."""
    total: tuple[int, ...] = (0, 1, 1, 0)
    while number:
        total = add(total, p) if number & 1 else total
        p, number = add(p, p), number >> 1
    return total


def is_signature(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the signature over the text was made with the key (RFC 8032, 5.1.7)."""
    if len(signature) != 64:  # noqa: PLR2004 - RFC 8032
        return False
    y = 4 * pow(5, P - 2, P) % P
    base = (recover_x(y, 0), y, 1, recover_x(y, 0) * y % P)
    scalar = int.from_bytes(signature[32:], "little")
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    left, right = times(scalar, base), add(point(signature[:32]), times(digest, point(key)))
    same = all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))
    return scalar < ORDER and same


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> str | None:
    """The root that the path leads to from the leaf."""
    last = size - 1
    for step in path:
        if index & 1 or index == last:
            leaf = hashlib.sha256(b"\x01" + step + leaf).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = hashlib.sha256(b"\x01" + leaf + step).digest()
        index, last = index >> 1, last >> 1
    return leaf.hex() if last == 0 else None


def is_it(proof: dict[str, str], content: bytes) -> bool:
    """Whether these bytes are the record or the attachment that the proof is for."""
    sha256, name = hashlib.sha256(content).hexdigest(), proof["record"].rsplit("/", 1)[-1]
    if not proof["record"].startswith("media/"):
        return name.split(".")[0] == sha256
    told = json.dumps([proof["field"], sha256], separators=(",", ":"), ensure_ascii=False).encode()
    named = name.split(".")[1] == hashlib.sha256(told).hexdigest()[:16]
    whole = proof["line"].encode() + b"\n" + content if "line" in proof else None
    return named and (whole is None or hashlib.sha256(whole).hexdigest() == proof["object_sha256"])


def is_stamped(head: dict[str, object], stamp: str, roots: str) -> bool:
    """Whether the stamp is the authority's word over the head, by openssl."""
    with tempfile.TemporaryDirectory() as folder:
        data, answer = Path(folder, "head"), Path(folder, "stamp")
        data.write_bytes(json.dumps(head, separators=(",", ":")).encode() + b"\n")
        answer.write_bytes(base64.b64decode(stamp))
        command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(answer), "-CAfile", roots]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main(proof_file: str, record_file: str, trusted: str | None = None, roots: str | None = None) -> int:
    """Check and tell; the exit code is 1 when something is not so."""
    proof = json.loads(Path(proof_file).read_text(encoding="utf-8"))
    head, entry = proof["head"], "{record} {object_sha256}".format(**proof)
    text = "anslagsvakt tree head 1\n{size}\n{root}\n{at}\n{previous}\n".format(**head).encode()
    leaf = hashlib.sha256(b"\x00" + entry.encode()).digest()
    found = root_of(leaf, proof["index"], head["size"], [bytes.fromhex(step) for step in proof["path"]])
    key, signature = base64.b64decode(head["key"]), base64.b64decode(head["signature"])
    checks = {
        "the file is the one that the proof is for": is_it(proof, Path(record_file).read_bytes()),
        "it is in the log": 0 <= proof["index"] < head["size"] and found == head["root"],
        "the log was signed with the key below": is_signature(key, text, signature),
        "that key is the one you trust": trusted in (None, head["key"]),
    }
    if "stamp" in proof and roots:
        checks["the head was stamped by the authority"] = is_stamped(head, proof["stamp"], roots)
    for what, holds in checks.items():
        print("ok   " if holds else "WRONG", what)
    print(f"signed at {head['at']} with key {head['key']}" + ("" if trusted else ", which you have yet to trust"))
    if "field" in proof:
        print(f"it is attached to the record {proof['record'][12:76]} as {proof['field']}")
    if "stamp" in proof and not roots:
        print("its time stamp is not checked: name the authority's certificates (ROOTS.pem) as well")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
