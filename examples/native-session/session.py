# The client's half of a session over WebSocket (docs/wire/session-v1.md §3.2): what was numbered is kept until it is acknowledged,
# what comes a second time is dropped. Looks into no envelope, and knows nothing of how the next connection is made.
import asyncio

from websockets import ConnectionClosed

from wire import ACK, BYE, DATA, GONE, GREETING, HELLO, MIB, PING, PONG, RESUME, RESUMED, WELCOME, Fields, b, packets, v


class Session:
    def __init__(self, channel):
        self.channel, self.ticket, self.attempt, self.socket, self.over = channel, None, 0, None, None
        # What has numbers and is not acknowledged, the number before the first of them, and how many of them this connection has.
        self.outbox, self.acked, self.written, self.received = [], 0, 0, 0
        self.lock = asyncio.Lock()

    async def attach(self, socket):
        """Serves one connection until it ends. Then `over` says why the session is over, or is None: attach the next one."""
        greeting = await asyncio.wait_for(socket.recv(), 10)
        if not isinstance(greeting, bytes) or not greeting.startswith(GREETING):
            self.over = "this server has no sessions"
            return
        self.attempt += 1
        if self.ticket is None:
            # Whatever became of an earlier HELLO, nothing was said with it but that a channel shall be opened.
            self.outbox, self.acked, self.written, self.received, self.next = [], 0, 0, 0, 1
            await self.packet(socket, HELLO, v(1), v(MIB), v(MIB), b(b""))
            self.socket = socket
            await self.send(self.channel.opening())
        else:
            await self.packet(socket, RESUME, v(1), b(self.ticket), v(self.attempt), v(self.received), b(b""))
        try:
            while self.over is None:
                for packet in packets(await socket.recv()):
                    await self.receive(socket, packet[0], Fields(packet[1:]))
            await self.packet(socket, BYE, v(1000), b(b""))
        finally:
            self.socket = None

    @property
    def is_live(self):
        return self.socket is not None and self.ticket is not None and len(self.outbox) < 1000

    async def send(self, envelope):
        """One envelope, once, whatever becomes of this connection. Only while `is_live`: nothing is numbered earlier than need be."""
        self.outbox.append(envelope)
        await self.write()

    async def write(self):
        # Whoever speaks and whoever hears send both, but in one order.
        async with self.lock:
            while self.socket is not None and self.written < len(self.outbox):
                self.written += 1
                try:
                    await self.packet(self.socket, DATA, self.outbox[self.written - 1])
                except ConnectionClosed:
                    return  # It is kept, and said again.

    async def packet(self, socket, kind, *fields):
        await socket.send(bytes([kind]) + b"".join(fields))

    async def receive(self, socket, kind, fields):
        if kind == WELCOME:
            fields.v(), fields.b()  # Version and name.
            await self.packet(socket, ACK, v(self.received))
            self.ticket = fields.b()
        elif kind == RESUMED:
            ticket, received, self.next = fields.b(), fields.v(), fields.v()
            self.trim(received)
            # First of all: it confirms the ticket. Then what the server has not.
            await self.packet(socket, ACK, v(self.received))
            self.ticket, self.socket, self.written = ticket, socket, 0
            await self.write()
            await self.channel.flush()
        elif kind == DATA:
            number, self.next = self.next, self.next + 1
            if number == self.received + 1:
                self.received = number
                await self.channel.receive(Fields(fields.rest))
                await self.packet(socket, ACK, v(self.received))
        elif kind == ACK:
            self.trim(fields.v())
        elif kind == PING:
            await self.packet(socket, PONG, v(fields.v()))
        elif kind in (GONE, BYE):
            self.over = f"the session is gone: {fields.v()}"

    def trim(self, received):
        count = max(received - self.acked, 0)
        del self.outbox[:count]
        self.acked, self.written = self.acked + count, self.written - count
