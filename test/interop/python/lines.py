# The way in and out of a Python peer: one JSON object a line, commands on standard input, what it sees on standard output.
# The other side is test/interop/peers/python-peer.ts. A connection has a number, the first one 1.
import base64
import json
import sys
import threading

lock = threading.Lock()


def tell(saw, **fields):
    with lock:
        sys.stdout.write(json.dumps({"saw": saw, **fields}) + "\n")
        sys.stdout.flush()


def tell_message(number, message):
    if isinstance(message, str):
        tell("message", number=number, text=message)
    else:
        tell("message", number=number, base64=base64.b64encode(message).decode())


def payload_of(part):
    return part["text"] if "text" in part else base64.b64decode(part["base64"])
