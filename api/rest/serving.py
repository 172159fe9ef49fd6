"""A service over HTTP, by one process or by several that share a port."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

import uvicorn

from api.errors import CannotServe
from api.rest import create_app

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess
    from types import FrameType

    from api.service import KnowledgeService
    from api.settings import Settings

_LEVEL = "warning"


def check_free(host: str, port: int) -> None:
    """Say that a port is taken before minutes are spent on loading. Raises :class:`CannotServe`."""
    try:
        _bound(host, port).close()
    except OSError as error:
        raise CannotServe(
            f"无法在 {host}:{port} 提供服务（{error.strerror}），请用 --host、--port 换一个。"
        ) from None


def serve(service: KnowledgeService, host: str, port: int, workers: int) -> None:
    """Answer until the process is told to stop.

    Args:
        service: what answers; of several processes each has its own over the same workspace.
        host: the address to listen at.
        port: the port to listen at.
        workers: processes; one that is killed is started anew.

    Raises :class:`CannotServe` where the system lets no two processes listen at one port, or a process fails.
    """
    if workers == 1:
        service.warm_up()
        uvicorn.run(create_app(service), host=host, port=port, log_level=_LEVEL)
    elif not hasattr(socket, "SO_REUSEPORT"):
        raise CannotServe("这个系统不能让几个进程共用一个端口，请去掉 --workers。")
    else:
        _supervise(service.settings, host, port, workers)


class _Stopped(Exception):
    """The process was told to stop."""


def _supervise(settings: Settings, host: str, port: int, workers: int) -> None:
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, _stop)
    with suppress(_Stopped), ExitStack() as stack:
        running = [stack.enter_context(_worker(settings, host, port)) for _ in range(workers)]
        while True:
            wait([process.sentinel for process in running])
            for place, process in enumerate(running):
                if process.exitcode is not None and process.exitcode >= 0:
                    raise CannotServe("回答问题的进程自己停止了，原因见上面的信息。")
                if process.exitcode is not None:  # killed from outside
                    running[place] = stack.enter_context(_worker(settings, host, port))


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


@contextmanager
def _worker(settings: Settings, host: str, port: int) -> Iterator[SpawnProcess]:
    """A process that answers while the block runs."""
    process = get_context("spawn").Process(target=_answer, args=(settings, host, port))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()
        process.close()


def _answer(settings: Settings, host: str, port: int) -> None:
    """One process: its own service, its own socket at the port of all."""
    from api.service import KnowledgeService

    service = KnowledgeService(settings)
    service.warm_up()
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_level=_LEVEL))
    # Other processes listen at the port too: the system divides connections among them.
    server.run(sockets=[_bound(host, port, socket.SO_REUSEPORT)])


def _bound(host: str, port: int, *more: int) -> socket.socket:
    """A socket at a port. Raises OSError where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or asyncio does not send small answers at once.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        for option in (socket.SO_REUSEADDR, *more):
            bound.setsockopt(socket.SOL_SOCKET, option, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
