"""Visitors without a browser: open a session, ask for a view, wait until the script has finished."""

import asyncio
import time
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.scratch import Server

PATIENCE = 60  # seconds after which an update counts as failed


class Failed(Exception):
    """The script ended with an error."""


class Visitor:
    """One open session; use as an async context."""

    def __init__(self, server: Server):
        self.address = server.url.replace("http", "ws") + "/_stcore/stream"
        self.way: ClientConnection | None = None

    async def __aenter__(self) -> "Visitor":
        self.way = await connect(
            self.address,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.way:
            await self.way.close()

    async def ask(self, page: str = "", query: str = "") -> float:
        """Seconds from asking for a view to the script's end."""
        assert self.way
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        began = time.perf_counter()
        await self.way.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self.ended(ForwardMsg.FromString(await self.way.recv(decode=False))):
                pass
        return time.perf_counter() - began

    def ended(self, message: ForwardMsg) -> bool:
        """Whether this ends the run that was asked for; a run cut short is followed by another."""
        if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise Failed(message.delta.new_element.exception.message)
        if message.WhichOneof("type") != "script_finished":
            return False
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise Failed("the script does not compile")
        return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
