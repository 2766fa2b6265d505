// Requests that are no good opening of a WebSocket, each wrong in one way, really sent to this very server, and what it answers. RFC 6455
// §4.2.1 says what a server asks for.
import { randomBytes } from "node:crypto";
import { authorityOf } from "../../address.ts";
import type { SelfAddress } from "../part.ts";
import { RawLine } from "../raw-line.ts";
import type { Probe } from "./wire.ts";

export interface ProbeAnswer {
  readonly request: string;
  readonly response: string;
  readonly isEnded: boolean;
}

const mostAnswerBytes = 16_384;
/** A server that says nothing is not waited for. */
const patienceMs = 3_000;

/** The request of `probe`, to the WebSocket route at `path`. */
export function requestOf(probe: Probe, path: string, authority: string, scheme: "http" | "https"): string {
  if (probe === "noHttp") return "Hello, is this a WebSocket?\r\n\r\n";
  const key = randomBytes(16).toString("base64");
  const headers = new Map([
    ["Host", authority],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Origin", `${scheme}://${authority}`],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ]);
  let line = `GET ${path} HTTP/1.1`;
  switch (probe) {
    case "plain":
      headers.clear();
      headers.set("Host", authority).set("Accept", "text/html").set("Connection", "close");
      break;
    case "version":
      headers.set("Sec-WebSocket-Version", "12");
      break;
    case "keyless":
      headers.delete("Sec-WebSocket-Key");
      break;
    case "shortKey":
      headers.set("Sec-WebSocket-Key", "c2hvcnQ=");
      break;
    case "connection":
      headers.set("Connection", "keep-alive");
      break;
    case "post":
      line = `POST ${path} HTTP/1.1`;
      break;
    case "http10":
      line = `GET ${path} HTTP/1.0`;
      break;
    case "origin":
      headers.set("Origin", "https://evil.example");
      break;
    case "host":
      headers.set("Host", "evil.example").set("Origin", "http://evil.example");
      break;
    case "path":
      line = "GET /lab/there-is-nothing-here HTTP/1.1";
      break;
    case "right":
      break;
  }
  return `${line}\r\n${[...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** Sends it and collects the answer until the server ends the connection, or has said 101. */
export function probe(kind: Probe, path: string, address: SelfAddress): Promise<ProbeAnswer> {
  const authority = authorityOf(address.host, address.port);
  const request = requestOf(kind, path, authority, address.secure ? "https" : "http");
  return new Promise((resolve) => {
    let response = "";
    const finish = (isEnded: boolean): void => {
      clearTimeout(timer);
      resolve({ request, response, isEnded });
    };
    const line: RawLine = new RawLine(address, {
      opened: () => line.write(Buffer.from(request, "latin1")),
      received: (chunk) => {
        response += chunk.toString("latin1");
        const isUpgraded = response.startsWith("HTTP/1.1 101") && response.includes("\r\n\r\n");
        if (!isUpgraded && response.length < mostAnswerBytes) return;
        finish(false);
        line.destroy();
      },
      ended: () => finish(true),
    });
    const timer = setTimeout(() => {
      finish(false);
      line.destroy();
    }, patienceMs);
  });
}
