"""Fetching an attachment: what is taken, what is refused, and that no address inside is called, however hidden."""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from agents.media.address import Allowed, Forbidden, is_public
from agents.media.fetch import Bounds, Failed, Fetched, Fetcher
from pipeline.errors import BadConfiguration
from tests.certificates import authority
from tests.loopback_media import Answer, MediaServer, content, dripping, media_server, redirect, status

HERE = Allowed.of(["127.0.0.1"])
SMALL = Bounds(size=1000, seconds=20)


@pytest.fixture(scope="module")
def shared() -> Iterator[MediaServer]:
    with media_server() as server:
        yield server


@pytest.fixture
def server(shared: MediaServer) -> MediaServer:
    shared.answers.clear()
    shared.asked.clear()
    shared.hosts.clear()
    return shared


def names(**addresses: str) -> Callable[[str, int], Sequence[str]]:
    """A resolver that knows these names; `_` stands for a dot, and numbers stand for themselves."""
    known = {name.replace("_", "."): address.split() for name, address in addresses.items()}

    def resolve(host: str, port: int) -> Sequence[str]:
        assert port
        if host in known:
            return known[host]
        try:
            return [str(ip_address(host))]
        except ValueError:
            raise socket.gaierror from None

    return resolve


def test_what_stands_there_is_fetched_with_its_type(server: MediaServer) -> None:
    server.answers["/a.jpg"] = content(b"picture", "Image/JPEG; q=1")
    assert Fetched(b"picture", "image/jpeg") == Fetcher(HERE, SMALL).fetch(server.url("/a.jpg"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(content(b"x", None), Fetched(b"x", None), id="no type"),
        pytest.param(content(b"x", "text/<script>"), Fetched(b"x", None), id="a type that is none"),
        pytest.param(content(b""), Fetched(b"", "image/jpeg"), id="nothing at all is still what stands there"),
        pytest.param(content(b"x" * 1000), Fetched(b"x" * 1000, "image/jpeg"), id="the largest"),
        pytest.param(content(b"x" * 1001), Failed("too-large", hopeless=True), id="too large"),
        pytest.param(content(b"half", declared=9), Failed("no-answer"), id="cut short"),
        pytest.param(status(404), Failed("status-404", refused=True), id="not there"),
        pytest.param(status(403), Failed("status-403", refused=True), id="forbidden"),
        pytest.param(status(429), Failed("status-429"), id="later"),
        pytest.param(status(503), Failed("status-503"), id="broken"),
        pytest.param(status(204), Failed("status-204"), id="no content"),
        pytest.param(redirect("/answer"), Failed("too-many-redirects", refused=True), id="round and round"),
        pytest.param(redirect("ftp://example.com/"), Failed("no-web-address", hopeless=True), id="to another protocol"),
        pytest.param(
            redirect("http://10.0.0.1/"), Failed("address-not-allowed", hopeless=True), id="to a private address"
        ),
        pytest.param(
            redirect("http://[::ffff:169.254.169.254]/"),
            Failed("address-not-allowed", hopeless=True),
            id="to a cloud's metadata, in other clothes",
        ),
    ],
)
def test_answers(server: MediaServer, answer: Answer, expected: Fetched | Failed) -> None:
    server.answers["/answer"] = answer
    assert expected == Fetcher(HERE, SMALL).fetch(server.url("/answer"))


def test_what_has_no_end_is_cut_off(server: MediaServer) -> None:
    server.answers["/answer"] = dripping
    assert Failed("timeout") == Fetcher(HERE, Bounds(seconds=0.3)).fetch(server.url("/answer"))


def test_a_redirect_is_followed(server: MediaServer) -> None:
    server.answers |= {"/a": redirect("/b?x=1"), "/b?x=1": content(b"there")}
    assert Fetched(b"there", "image/jpeg") == Fetcher(HERE, SMALL).fetch(server.url("/a"))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:{port}/", id="loopback"),
        pytest.param("http://2130706433:{port}/", id="loopback as a number"),
        pytest.param("http://localhost:{port}/", id="loopback by name"),
        pytest.param("http://[::1]:{port}/", id="loopback, IPv6"),
        pytest.param("http://inside.example:{port}/", id="a name that leads inside"),
        pytest.param("http://both.example:{port}/", id="a name that leads inside as well"),
    ],
)
def test_no_address_inside_is_called(server: MediaServer, url: str) -> None:
    numbers = {"2130706433": "127.0.0.1"}  # as the system reads them
    both = "93.184.216.34 127.0.0.1"
    inside = names(inside_example="10.1.2.3", both_example=both, localhost="127.0.0.1", **numbers)
    fetcher = Fetcher(Allowed(), SMALL, resolve=inside)
    assert Failed("address-not-allowed", hopeless=True) == fetcher.fetch(url.format(port=server.server_port))
    assert not server.asked


def test_a_name_that_answers_otherwise_the_second_time_changes_nothing(server: MediaServer) -> None:
    """DNS rebinding: asked once, and the connection goes to what was judged, with the name as its host."""
    server.answers["/a"] = content(b"here")
    answers = iter([["127.0.0.1"]])
    fetcher = Fetcher(HERE, SMALL, resolve=lambda *_: next(answers))
    assert Fetched(b"here", "image/jpeg") == fetcher.fetch(server.url("/a", "name.example"))
    assert [f"name.example:{server.server_port}"] == server.hosts


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("media.example", Fetched(b"here", "image/jpeg"), id="its name"),
        pytest.param("other.example", Failed("no-answer"), id="another's name"),
    ],
)
def test_a_certificate_must_be_for_the_name_though_the_address_is_called(
    tmp_path: Path, host: str, expected: Fetched | Failed
) -> None:
    ours = authority(tmp_path / "root.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours.server(tmp_path / "server.pem", "media.example"))
    asked: list[str] = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    with media_server() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.answers["/a"] = content(b"here")
        fetcher = Fetcher(
            HERE,
            Bounds(seconds=20),
            resolve=lambda *_: ["127.0.0.1"],
            tls=ssl.create_default_context(cafile=str(ours.certificates)),
        )
        outcome = fetcher.fetch(f"https://{host}:{server.server_port}/a")
    assert (expected, [host]) == (outcome, asked)


@pytest.mark.parametrize("allow", ["inside.example", "127.0.0.0/8"], ids=["host", "network"])
def test_what_a_setting_names_may_be_called(server: MediaServer, allow: str) -> None:
    server.answers["/a"] = content(b"inside")
    fetcher = Fetcher(Allowed.of([allow]), SMALL, resolve=names(inside_example="127.0.0.1"))
    assert Fetched(b"inside", "image/jpeg") == fetcher.fetch(server.url("/a", "inside.example"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("at://did:plc:x/blob", "no-web-address", id="another protocol"),
        pytest.param("file:///etc/passwd", "no-web-address", id="a file"),
        pytest.param("http://", "no-web-address", id="no host"),
        pytest.param("http://[::1/", "no-web-address", id="no address"),
        pytest.param("http://host:99999/", "no-web-address", id="no port"),
        pytest.param("", "no-web-address", id="nothing"),
        pytest.param("http://nobody.example/", "host-unknown", id="an unknown host"),
    ],
)
def test_what_is_no_address_on_the_web_fails(url: str, expected: str) -> None:
    outcome = Fetcher(HERE, SMALL, resolve=names()).fetch(url)
    assert (expected, expected == "no-web-address") == (outcome.reason, outcome.hopeless)  # type: ignore[union-attr]  # it failed


def test_a_server_that_is_away_is_no_end() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert Failed("no-answer") == Fetcher(HERE, SMALL).fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # nothing is bound to it
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff0e::1", False),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:  # noqa: FBT001  # a truth table
    assert expected == is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "2001:0:a00:1::", "fe80::1%eth0"],
    ids=["mapped", "6to4", "NAT64", "Teredo", "with a zone"],
)
def test_an_address_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(Forbidden):
        Allowed().pinned("name.example", 80, lambda *_: [address])


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0.1/8", "host:80"])
def test_what_is_neither_host_nor_network_is_refused(entry: str) -> None:
    with pytest.raises(BadConfiguration, match="ANSLAGSVAKT_MEDIA_ALLOW"):
        Allowed.of([entry])
