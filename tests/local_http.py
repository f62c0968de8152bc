"""A web server on 127.0.0.1 that misbehaves on request, for the tests of downloading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Writes the whole answer to a request.
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class LocalServer:
    """The address of a running server, what it answers by path, and the request lines that it saw."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    #: Set when the test is over: answers that wait end then.
    closing: threading.Event = field(default_factory=threading.Event)


def send_whole(body: bytes) -> Answer:
    """Answer with a body and its length."""
    return _send(body, length=len(body))


def send_truncated(body: bytes) -> Answer:
    """Announce a body and close the connection half-way through."""
    return _send(body[: len(body) // 2], length=len(body))


def send_without_length(body: bytes) -> Answer:
    """Answer with a body that ends where the connection does."""
    return _send(body, length=None)


def send_status(status: int, *, location: str | None = None) -> Answer:
    """Answer with a status and no body, for example an error or a redirection."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if location is not None:
            request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def send_nothing(server: LocalServer) -> Answer:
    """Accept the request and stay silent."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        del request
        server.closing.wait(30)

    return answer


def send_drops(server: LocalServer, body: bytes, *, pause: float) -> Answer:
    """Answer with one byte at a time and a pause after each: never silent for long, never done."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        _send(b"", length=len(body))(request)
        for value in body:
            request.wfile.write(bytes([value]))
            if server.closing.wait(pause):
                return

    return answer


@contextmanager
def local_server() -> Iterator[LocalServer]:
    """Run a server on a free port of 127.0.0.1 for as long as the block lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as http:
        server = LocalServer(f"http://127.0.0.1:{http.server_port}")
        http.RequestHandlerClass = _handler(server)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            http.shutdown()
            thread.join()


def _send(body: bytes, *, length: int | None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if length is not None:
            request.send_header("Content-Length", str(length))
        request.end_headers()
        request.wfile.write(body)

    return answer


def _handler(server: LocalServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append(self.path)
            # A client that gives up is what some tests are about.
            with suppress(BrokenPipeError, ConnectionResetError):
                server.answers.get(self.path, send_status(404))(self)

        def log_message(self, *arguments: object) -> None:
            del arguments

    return Handler
