# The words of docs/wire: numbers of seven bits a byte, bytes with their length before them, types of packets and of envelopes.
MIB = 1024 * 1024

DATA, ACK, PING, PONG, HELLO, WELCOME, RESUME, RESUMED, GONE, BYE, PACK = 0, 1, 2, 3, 6, 7, 8, 9, 10, 14, 15
GREETING = b"\x05LW"

SLICE, CREDIT, OPEN, ACCEPT, REJECT, CLOSE, RESET = range(7)
FIN, TEXT = 0x10, 0x20


def v(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + v(number >> 7)


def b(data):
    return v(len(data)) + data


def packets(message):
    """The packets of one WebSocket message: one, or those of a PACK."""
    if message[0] != PACK:
        yield message
        return
    fields = Fields(message[1:])
    while fields.rest:
        yield fields.b()


class Fields:
    def __init__(self, data):
        self.rest = data

    def v(self):
        byte, self.rest = self.rest[0], self.rest[1:]
        return byte if byte < 128 else (byte & 127) + (self.v() << 7)

    def b(self):
        length = self.v()
        data, self.rest = self.rest[:length], self.rest[length:]
        return data
