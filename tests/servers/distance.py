"""A server far away: what is said to it and what it answers each arrive half of a round trip later.

Bytes that are sent together arrive together, as over a long line. `python -m tests.servers.distance --port N
--round-trip SECONDS` runs it in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers.smtp_process import listening

HOST = "127.0.0.1"
MOST = 65536


@contextmanager
def far_away(port: int, round_trip: float) -> Iterator[int]:
    """The port behind which the server at `port` of this machine is so many seconds away."""
    with listening("tests.servers.distance", "--port", str(port), "--round-trip", str(round_trip)) as there:
        yield there


async def _serve(port: int, round_trip: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_there, to_there = await asyncio.open_connection(HOST, port)
        await asyncio.gather(_carry(reader, to_there, round_trip / 2), _carry(from_there, writer, round_trip / 2))

    server = await asyncio.start_server(connected, HOST, 0)
    print(f"listening on {HOST} {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Write what comes so much later, each piece by its own clock; nothing at last, as the end of it."""
    clock = asyncio.get_running_loop().time
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        data = b"."
        while data:
            due, data = await on_the_way.get()
            await asyncio.sleep(due - clock())
            writer.write(data)
        writer.close()

    arriving = asyncio.create_task(arrive())
    data = b"."
    while data:
        data = b""
        with suppress(ConnectionError):
            data = await reader.read(MOST)
        on_the_way.put_nowait((clock() + seconds, data))
    await arriving


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.servers.distance")
    parser.add_argument("--port", type=int, required=True, help="where the server is")
    parser.add_argument("--round-trip", type=float, required=True, help="seconds")
    options = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.round_trip))
