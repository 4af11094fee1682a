"""A certificate authority and a proxy of one's own."""

from __future__ import annotations

import base64
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme


@dataclass
class Authority:
    """A private certificate authority, its files in a folder."""

    folder: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    @property
    def path(self) -> str:
        path = self.folder / f"{id(self)}-ca.pem"
        self.ca.cert_pem.write_to_path(str(path))
        return str(path)

    def issue(self, name: str, **more: Any) -> dict[str, Any]:
        cert = self.ca.issue_cert(name, **more)
        files = {"certfile": self.folder / f"{name}.pem", "keyfile": self.folder / f"{name}.key"}
        cert.cert_chain_pems[0].write_to_path(str(files["certfile"]))
        cert.private_key_pem.write_to_path(str(files["keyfile"]))
        return {key: str(path) for key, path in files.items()}


@dataclass
class Proxy:
    """A forward proxy that answers CONNECT, and remembers what it was asked in clear."""

    wanted: str | None = None
    heads: list[str] = field(default_factory=list)

    def __enter__(self) -> Proxy:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        text = head.decode("ascii")
        self.heads.append(text)
        credentials = base64.b64encode((self.wanted or "").encode()).decode()
        if self.wanted and f"Proxy-Authorization: Basic {credentials}" not in text:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        host, port = text.split()[1].rsplit(":", 1)
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=_pump, args=(server, client), daemon=True).start()
        _pump(client, server)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()
