"""A time stamp authority of the test's own: `openssl ts`, served on loopback."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving
from tests.parts import OPENSSL

_CONFIG = """
[tsa]
default_tsa = ours
[ours]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
[ext]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Authority(LoopbackServer):
    """Answers queries; with `silent` it answers 503, with `garbled` what is no stamp."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_Handler)
        self.folder = folder
        self.asked = 0
        self.silent = self.garbled = False
        (folder / "tsa.conf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        _openssl(
            folder,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
            "-days",
            "30",
            "-subj",
            "/CN=root of the test",
            "-addext",
            "keyUsage=critical,keyCertSign",
        )
        _openssl(
            folder,
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
            "-subj",
            "/CN=time of the test",
        )
        _openssl(
            folder,
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-out",
            "tsa.pem",
            "-days",
            "30",
            "-extfile",
            "tsa.conf",
            "-extensions",
            "ext",
            "-CAcreateserial",
        )

    @property
    def roots(self) -> Path:
        """The certificates to check its stamps against."""
        return self.folder / "root.pem"


class _Handler(LoopbackHandler):
    server: Authority

    def do_POST(self) -> None:
        query = self.body()
        self.server.asked += 1
        if self.server.silent:
            self.send_error(503)
            return
        with tempfile.TemporaryDirectory(dir=self.server.folder) as name:
            folder = Path(name)
            (folder / "query").write_bytes(query)
            asked = ("ts", "-reply", "-config", "../tsa.conf", "-queryfile", "query", "-out", "answer")
            _openssl(folder, *asked)
            answer = b"no stamp" if self.server.garbled else (folder / "answer").read_bytes()
        self.answer(200, answer, "application/timestamp-reply")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([OPENSSL.found(), *arguments], cwd=folder, check=True, capture_output=True)


def stamp_authority(folder: Path) -> AbstractContextManager[Authority]:
    """An authority in a thread of this process."""
    folder.mkdir(exist_ok=True)
    return serving(Authority(folder))
