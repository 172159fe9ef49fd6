"""Clients of an HTTP server, as many at once as wanted, over plain sockets: a library's client would cost more
than the server's share of two cores allows. How much this one uses is measured with the rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

HOST = "127.0.0.1"
_PATH = "/api/v1/search?q="


@dataclass
class Load:
    """What a number of clients saw in a stretch of time."""

    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Questions answered a second."""
        return len(self.latencies) / self.seconds


def load(port: int, questions: Iterator[str], clients: int, seconds: float) -> Load:
    """Let clients ask for so long, each its next question as soon as it has an answer.

    What is under way at the end is waited for and counts, and so does its time.
    """
    told = Load()
    cpu, started = time.process_time(), time.perf_counter()
    asyncio.run(_all(port, questions, clients, started + seconds, told))
    told.seconds = time.perf_counter() - started
    told.client_cpu = time.process_time() - cpu
    return told


async def _all(port: int, questions: Iterator[str], clients: int, until: float, told: Load) -> None:
    await asyncio.gather(*(_client(port, questions, until, told) for _ in range(clients)))


async def _client(port: int, questions: Iterator[str], until: float, told: Load) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    while time.perf_counter() < until:
        started = time.perf_counter()
        status, kept = await _answer(reader, writer, next(questions))
        told.latencies.append(time.perf_counter() - started)
        told.failed += status != 200
        if not kept:
            await _closed(writer)
            reader, writer = await asyncio.open_connection(HOST, port)
    await _closed(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: str
) -> tuple[int, bool]:
    """The status, and whether the connection stays open."""
    writer.write(f"GET {_PATH}{quote(question)} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = head.split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    if "content-length" in fields:
        await reader.readexactly(int(fields["content-length"]))
    else:
        await _chunks(reader)
    return int(lines[0].split()[1]), fields.get("connection") != "close"


async def _chunks(reader: asyncio.StreamReader) -> None:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
    await reader.readuntil(b"\r\n")
