# A session in another language, as small as it can be: one socket that survives its connections. Each line of the input is a message,
# each message a line of the output; what a broken network swallows is said again, and heard once. Needs the package `websockets`
# (10 or later). Run it with
#
#   python3 examples/native-session/client.py ws://127.0.0.1:8080/echo
import asyncio
import random
import sys
import threading
from urllib.parse import urlsplit

import websockets

from channel import Channel
from session import Session


def read_input(loop, lines):
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def say_all(channel, lines):
    while True:
        line = await lines.get()
        await channel.say(line)
        if line is None:
            return


async def main(url):
    parts = urlsplit(url)
    channel = Channel(f"{parts.path}?{parts.query}".rstrip("?"), lambda text: print(text, flush=True))
    channel.session = session = Session(channel)
    lines = asyncio.Queue()
    threading.Thread(target=read_input, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    saying = asyncio.create_task(say_all(channel, lines))
    wait = 0.5
    while session.over is None:
        try:
            async with websockets.connect(url, subprotocols=["longwire.1"], max_size=32 * 1024) as socket:
                wait = 0.5
                await session.attach(socket)
        except (OSError, asyncio.TimeoutError, websockets.ConnectionClosed, websockets.InvalidHandshake) as error:
            # Whatever it was, it was this connection's. Only the session's own end is one, or a server that never had it.
            if isinstance(error, websockets.InvalidHandshake) and session.ticket is None:
                session.over = f"refused: {error}"
                break
            print(f"(lost: {type(error).__name__})", file=sys.stderr, flush=True)
            await asyncio.sleep(random.uniform(0, wait))
            wait = min(wait * 2, 30)
    saying.cancel()
    print(f"({session.over})", flush=True)
    return 0 if session.over.startswith("closed") else 1


sys.exit(asyncio.run(main(sys.argv[1])))
