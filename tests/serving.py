"""A real server in front of an App: the pages of `digest run` or `digest preview`, on loopback until the block ends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from digest.app import App
from digest.web.server import Offer, create_server

PREVIEW = Offer(reader=True, editor=True, login=False)
"""What `digest preview` serves."""


@contextmanager
def free_port() -> Iterator[socket.socket]:
    """A listening socket of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@contextmanager
def running(
    app: App, offer: Offer = PREVIEW, listener: socket.socket | None = None, reload: Callable[[], App] | None = None
) -> Iterator[str]:
    """Serves the pages on this socket, or on a free port; gives their address."""
    if listener is None:
        with free_port() as own, running(app, offer, own, reload) as url:
            yield url
        return
    server = create_server(app, offer, reload)
    runner = uvicorn.Server(uvicorn.Config(server, log_level="warning", access_log=False, ws="none"))
    server.state.is_closing = lambda: runner.should_exit
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not runner.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        runner.should_exit = True
        thread.join()
