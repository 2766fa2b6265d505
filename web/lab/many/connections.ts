// The page's end of both ways: four sockets in one line, and one plain WebSocket that has it all in it. Says telemetry and hears the rest,
// the same on both.
import { Line } from "longwire/client";
import {
  plainPath,
  readStreamMessage,
  type Stream,
  type StreamMessage,
  streamPath,
  streams,
  type Way,
} from "../../../src/cli/lab/many/wire.ts";

export interface ConnectionsOwner {
  readonly heard: (way: Way, message: StreamMessage) => void;
  readonly received: (way: Way, bytes: number) => void;
  /** Both are open, all of them. Once. */
  readonly opened: () => void;
}

export interface Connections {
  /** Says the same on both. */
  say(message: StreamMessage): void;
  end(): void;
}

/** `base` is the address of the passage, as http. */
export function connect(base: string, run: number, owner: ConnectionsOwner): Connections {
  // Only one way, so that nothing but the width of the network makes a difference.
  const line = new Line(`${base}longwire`, { transports: ["websocket"] });
  const channels = new Map(streams.map((stream) => [stream, line.open(streamPath(stream, run))]));
  const plain = new WebSocket(new URL(plainPath(run).slice(1), base.replace(/^http/, "ws")));
  let waiting = channels.size + 1;
  const opened = (): void => {
    if (--waiting === 0) owner.opened();
  };
  const receive = (way: Way, data: unknown): void => {
    if (data instanceof ArrayBuffer) {
      owner.received(way, data.byteLength);
      return;
    }
    const message = readStreamMessage(String(data));
    if (message !== undefined) owner.heard(way, message);
  };
  for (const socket of channels.values()) {
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", opened);
    socket.addEventListener("message", ({ data }) => receive("session", data));
  }
  plain.binaryType = "arraybuffer";
  plain.addEventListener("open", opened);
  plain.addEventListener("message", ({ data }: MessageEvent<unknown>) => receive("plain", data));
  const sayOn = (
    socket: { readonly readyState: number; send(text: string): unknown } | undefined,
    text: string,
  ): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(text);
  };
  return {
    say(message) {
      const text = JSON.stringify(message);
      sayOn(channels.get(message.to satisfies Stream), text);
      sayOn(plain, text);
    },
    end() {
      line.close();
      plain.close();
    },
  };
}
