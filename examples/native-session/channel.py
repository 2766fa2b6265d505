# One channel of a session (docs/wire/channels-v1.md): a socket to the application. Texts wait for credit, leave in slices, and come
# in slices; what was heard is paid for. A client that hears slowly would pay later.
from wire import ACCEPT, CLOSE, CREDIT, FIN, MIB, OPEN, REJECT, RESET, SLICE, TEXT, b, v

WINDOW = 64 * 1024


class Channel:
    def __init__(self, path, hear):
        self.path, self.hear, self.session = path, hear, None
        # What has not left, None being the end of it; and a message of which not all has come.
        self.waiting, self.credit, self.partial, self.is_closing = [], 0, b"", False

    def opening(self):
        return bytes([OPEN, 1]) + v(WINDOW) + b(self.path.encode()) + v(0) + b(b"")

    async def say(self, text):
        """None: that was all."""
        self.waiting.append(None if text is None else text.encode())
        await self.flush()

    async def flush(self):
        while self.waiting and self.session.is_live:
            rest = self.waiting[0]
            if rest is None:
                self.waiting, self.is_closing = [], True
                return await self.session.send(bytes([CLOSE, 1]) + v(1000) + b(b"bye"))
            if self.credit < min(len(rest), 1024) + 128:
                return
            count = min(len(rest), 16384, self.credit - 128)
            self.credit -= count + 128
            is_last = count == len(rest)
            if is_last:
                self.waiting.pop(0)
            else:
                self.waiting[0] = rest[count:]
            await self.session.send(bytes([SLICE | TEXT | (FIN if is_last else 0), 1]) + rest[:count])

    async def receive(self, fields):
        head = fields.v()
        kind = head & 15
        fields.v()  # The channel: there is one.
        if kind in (ACCEPT, CREDIT):
            self.credit += fields.v()
            await self.flush()
        elif kind == SLICE:
            self.partial += fields.rest
            if len(self.partial) > MIB:
                self.session.over = "a message is too big"
                return
            await self.session.send(bytes([CREDIT, 1]) + v(len(fields.rest) + 128))
            if head & FIN:
                self.hear(self.partial.decode() if head & TEXT else f"{len(self.partial)} bytes")
                self.partial = b""
        elif kind == CLOSE:
            code, reason = fields.v(), fields.b()
            if not self.is_closing:
                await self.session.send(bytes([CLOSE, 1]) + v(code) + b(reason))
            self.session.over = f"closed: {code} {reason.decode()}"
        elif kind in (REJECT, RESET):
            self.session.over = f"refused: {fields.v()} {fields.b().decode()}"
