// V-50 for sessions: tokens and tickets appear nowhere but in the hooks of the application, whatever a session goes through.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, it, onTestFinished, vi } from "vitest";
import { PacketType } from "../../src/session/packet.ts";
import { ticketText } from "../../src/transports/http/headers.ts";
import { dialLine, hello, openData, resume } from "../support/line-client.ts";
import { at, LineRequests } from "../support/line-requests.ts";
import { serve } from "../support/test-server.ts";

const canary = "cAnArY9b1d4";

it("V-50 no log, answer, metric or diagnostic has a token or a ticket of a session, on any transport, good or refused", async () => {
  const published: unknown[] = [];
  const listen = (message: unknown): void => void published.push(message);
  subscribe("longwire:handshake:refused", listen);
  onTestFinished(() => void unsubscribe("longwire:handshake:refused", listen));
  const logged: unknown[] = [];
  for (const name of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => void logged.push(args));
  }
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => logged.push(text) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
  const seen: string[] = [];
  const server = await serve<string>({
    limits: { closeTimeoutMs: 50 },
    authenticate({ headers }) {
      const token = headers.get("authorization") ?? "";
      seen.push(token);
      if (token.includes("bad")) throw new Response("", { status: 401 });
      if (token.includes("broken")) throw new Error("The database is gone.");
      return "Ada";
    },
  });
  const line = new LineRequests(server.port);
  const answers: unknown[] = [];
  const opened = await line.open([hello(canary), at(1), openData(1, `/?token=${canary}`)]);
  const { ticket } = opened;
  for (const token of [`bad ${canary}`, `broken ${canary}`]) {
    answers.push(await line.open([hello(token)]), await line.open([resume(ticket, 9, 0, token)]));
    const refused = await dialLine(server);
    refused.send(hello(token));
    answers.push(await refused.toldUntilClosed());
  }
  answers.push(
    await line.poll(new Uint8Array([...ticket, 1]), 0),
    await line.send(ticket, [{ type: PacketType.ack, received: 99 }]),
  );
  const stranger = await line.open([resume(ticket, 2, 0, canary)], { "X-Secret": canary });
  answers.push(stranger.status, stranger.headers);
  const old = await line.poll(ticket, 0);
  answers.push(old.status, old.headers);
  stderr.mockRestore();
  const shown = [
    ...answers.map((answer) => JSON.stringify(answer)),
    ...published.map((message) => JSON.stringify(message)),
    ...logged.map((entry) => JSON.stringify(entry)),
    server.server.metrics(),
  ].join("\n");
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.every((token) => token.includes(canary))).toBe(true);
  for (const secret of [
    canary,
    ticketText(ticket),
    Buffer.from(ticket).toString("hex"),
    Buffer.from(ticket).toString("base64"),
  ]) {
    expect(shown).not.toContain(secret);
  }
});
