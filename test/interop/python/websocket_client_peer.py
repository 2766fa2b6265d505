# The `websocket-client` package as a peer: a client for every `dial`. It knows no compression and is no server.
import json
import struct
import sys
import threading

import websocket
from lines import payload_of, tell, tell_message
from websocket import ABNF

connections = {}


def dial(command):
    try:
        socket = websocket.create_connection(command["url"], subprotocols=command["protocols"] or None)
    except websocket.WebSocketBadStatusException as refusal:
        tell("refused", status=refusal.status_code)
        return
    number = len(connections) + 1
    connections[number] = socket
    extensions = socket.headers.get("sec-websocket-extensions", "")
    tell("open", number=number, protocol=socket.subprotocol or "", extensions=extensions)
    threading.Thread(target=attend, args=[number, socket], daemon=True).start()


def attend(number, socket):
    code, reason = 1006, ""
    try:
        while True:
            opcode, frame = socket.recv_data_frame(True)
            if opcode == ABNF.OPCODE_TEXT:
                tell_message(number, frame.data.decode())
            elif opcode == ABNF.OPCODE_BINARY:
                tell_message(number, bytes(frame.data))
            elif opcode == ABNF.OPCODE_PONG:
                tell("pong", number=number, payload=frame.data.decode())
            elif opcode == ABNF.OPCODE_CLOSE:
                code, reason = close_of(frame.data)
                break
    except (websocket.WebSocketException, OSError):
        pass
    socket.shutdown()
    tell("close", number=number, code=code, reason=reason)


def close_of(payload):
    if len(payload) < 2:
        return 1005, ""
    return struct.unpack("!H", payload[:2])[0], payload[2:].decode()


def send_fragments(socket, parts, ping):
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        if is_last:
            socket.ping(ping)
        payload = payload_of(part)
        first = ABNF.OPCODE_TEXT if isinstance(payload, str) else ABNF.OPCODE_BINARY
        opcode = first if index == 0 else ABNF.OPCODE_CONT
        # Only a whole text frame may be given as text.
        data = payload.encode() if isinstance(payload, str) and opcode == ABNF.OPCODE_CONT else payload
        socket.send_frame(ABNF.create_frame(data, opcode, 1 if is_last else 0))


def obey(command):
    order = command["do"]
    if order == "dial":
        dial(command)
        return
    socket = connections[command["number"]]
    if order == "send":
        payload = payload_of(command["part"])
        socket.send(payload, ABNF.OPCODE_TEXT if isinstance(payload, str) else ABNF.OPCODE_BINARY)
    elif order == "fragments":
        send_fragments(socket, command["parts"], command["ping"])
    elif order == "ping":
        socket.ping(command["payload"])
    elif order == "close":
        # close() would read the answer itself; the reading thread does.
        code, reason = (command["arguments"] + [1000, ""])[:2] if command["arguments"] else (1000, "")
        socket.send_close(code, reason.encode())
    elif order == "drop":
        socket.abort()


for line in sys.stdin:
    obey(json.loads(line))
