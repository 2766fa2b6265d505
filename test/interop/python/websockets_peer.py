# The `websockets` package as a peer: a client for every `dial`, and a server with `listen`. It offers and accepts compression.
import asyncio
import json
import sys

import websockets
from lines import payload_of, tell, tell_message

connections = {}


async def attend(socket):
    number = len(connections) + 1
    connections[number] = socket
    extensions = ", ".join(extension.name for extension in socket.extensions)
    tell("open", number=number, protocol=socket.subprotocol or "", extensions=extensions)
    try:
        async for message in socket:
            tell_message(number, message)
    except websockets.ConnectionClosed:
        pass
    await socket.wait_closed()
    tell("close", number=number, code=socket.close_code, reason=socket.close_reason)


async def dial(command):
    try:
        socket = await websockets.connect(command["url"], subprotocols=command["protocols"] or None, ping_interval=None)
    except websockets.InvalidStatusCode as refusal:
        tell("refused", status=refusal.status_code)
    else:
        await attend(socket)


async def listen():
    server = await websockets.serve(attend, "127.0.0.1", 0, subprotocols=["chat", "echo"], ping_interval=None)
    tell("listening", port=server.sockets[0].getsockname()[1])
    await server.wait_closed()


async def send_fragments(socket, parts, ping):
    async def fragments():
        for index, part in enumerate(parts):
            if index == len(parts) - 1:
                await socket.ping(ping)
            yield payload_of(part)

    await socket.send(fragments())


async def ping(number, socket, payload):
    await (await socket.ping(payload))
    tell("pong", number=number, payload=payload)


async def obey(command, tasks):
    def later(work):
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    order = command["do"]
    if order == "dial":
        later(dial(command))
        return
    if order == "listen":
        later(listen())
        return
    socket = connections[command["number"]]
    if order == "send":
        await socket.send(payload_of(command["part"]))
    elif order == "fragments":
        await send_fragments(socket, command["parts"], command["ping"])
    elif order == "ping":
        later(ping(command["number"], socket, command["payload"]))
    elif order == "close":
        later(socket.close(*command["arguments"]))
    elif order == "drop":
        socket.transport.abort()


async def main():
    tasks = set()
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await obey(json.loads(line), tasks)


asyncio.run(main())
