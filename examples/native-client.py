# A client without Longwire: any WebSocket library of any language talks to a route. Sends each line of its input, prints what
# comes, and connects again when the connection is lost; what was on its way then is lost as well, which is what a session is for.
# Needs the package `websockets` (10 or later). Run it with
#
#   python3 examples/native-client.py 'ws://127.0.0.1:8080/rooms/tea?name=Grace'
import asyncio
import random
import sys
import threading

import websockets

# What these codes mean is in docs/reference/close-codes.md: after others, trying again changes nothing.
RETRY = {1001, 1006, 1011, 1012, 1013, 1014}


async def speak(socket, lines):
    while (line := await lines.get()) is not None:
        await socket.send(line)
    await socket.close(1000, "bye")


async def hear(socket):
    # Ends when the connection does. Pings are answered by the library, and must be: a silent peer is dropped after 35 s.
    async for message in socket:
        print(message if isinstance(message, str) else f"{len(message)} bytes", flush=True)


def read_input(loop, lines):
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def main(url):
    lines = asyncio.Queue()
    # A thread of its own: reading a terminal blocks. It ends with the program.
    threading.Thread(target=read_input, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    wait = 0.5
    while True:
        try:
            async with websockets.connect(url, max_size=1024 * 1024) as socket:
                wait = 0.5
                speaking = asyncio.create_task(speak(socket, lines))
                try:
                    await hear(socket)
                except websockets.ConnectionClosedError:
                    pass  # The code below says all there is to know.
                finally:
                    speaking.cancel()
                code = socket.close_code or 1006
                print(f"(closed: {code})", flush=True)
                if code not in RETRY:
                    break
        except websockets.InvalidHandshake as error:
            # An HTTP answer instead of a WebSocket. 429 and 503 say: later. What others say stays true.
            status = getattr(error, "status_code", None) or error.response.status_code
            print(f"(refused: {status})", flush=True)
            if status not in (429, 503):
                return 1
        except OSError as error:
            print(f"(no connection: {error})", flush=True)
        # At random within a bound that doubles, so that after a restart not everybody comes in the same second.
        await asyncio.sleep(random.uniform(0, wait))
        wait = min(wait * 2, 30)
    return 0


sys.exit(asyncio.run(main(sys.argv[1])))
