"""A time stamp authority of the test's own: `openssl ts`, served on loopback."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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


class Authority(ThreadingHTTPServer):
    """Answers queries; with `silent` it answers 503, with `garbled` what is no stamp."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
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
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def roots(self) -> Path:
        """The certificates to check its stamps against."""
        return self.folder / "root.pem"


class _Handler(BaseHTTPRequestHandler):
    server: Authority

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
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
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Log nothing."""


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([OPENSSL.found(), *arguments], cwd=folder, check=True, capture_output=True)


@contextmanager
def stamp_authority(folder: Path) -> Iterator[Authority]:
    """An authority in a thread of this process."""
    folder.mkdir(exist_ok=True)
    server = Authority(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
