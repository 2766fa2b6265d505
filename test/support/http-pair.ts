// A request and its answer over a real connection on the loopback, with the server's two ends in a test's hands.
import { once } from "node:events";
import { createServer, request, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface HttpPair {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: ClientRequest;
  /** What came back: resolves when the answer has begun. */
  readonly answered: Promise<IncomingMessage>;
}

export interface Whole {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Uint8Array;
}

/** Makes one; the body is the caller's to write and end, unless it is given. */
export async function httpPair(
  options: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<HttpPair> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { method = "POST", headers = {}, body } = options;
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: "127.0.0.1", method, headers, agent: false });
  asked.on("error", () => {});
  const answered = once(asked, "response").then(([message]) => message as IncomingMessage);
  answered.catch(() => {});
  if (body === undefined) asked.flushHeaders();
  else asked.end(body);
  const [message, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  return { message, response, asked, answered };
}

/** The answer to its end. */
export async function wholeOf(answered: Promise<IncomingMessage>): Promise<Whole> {
  const message = await answered;
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk as Uint8Array);
  return { status: message.statusCode ?? 0, headers: message.headers, body: new Uint8Array(Buffer.concat(chunks)) };
}
