// A server in the zoo, a process of its own: `server-program.ts <peer>`. Talks with each client as its parent has planned for
// its name, and tells the parent how far it is.
import { count, GREETING, type Plan, Tally } from "./conversation.ts";
import type { ServerNews, ServerOrder } from "./news.ts";
import { loadPeer } from "./peers/load-peer.ts";
import type { PeerName } from "./peers/peer.ts";

class Talk {
  readonly tally = new Tally();
  readonly #plan: Plan;
  #stop: (() => void) | undefined;
  /** To the newest connection of that client. */
  #send: (text: string) => void = () => {};

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** A greeting at once; numbers not before the client has spoken: a connection that was given up at its start is one, too. */
  receiveClient(send: (text: string) => void): void {
    this.#send = send;
    send(GREETING);
  }

  receiveMessage(text: string): void {
    this.tally.receive(text);
    this.#stop ??= count(this.#plan, (number) => this.#send(String(number)));
  }

  stop(): void {
    this.#stop?.();
  }
}

const talks = new Map<string, Talk>();

process.on("disconnect", () => process.exit());
process.on("message", (order: ServerOrder) => {
  const { name } = order;
  if (order.kind === "plan") {
    talks.set(name, new Talk(order.plan));
    return;
  }
  const talk = talks.get(name);
  talk?.stop();
  const { distinct = 0, doubled = 0, late = 0 } = talk?.tally ?? {};
  tell({ kind: "report", name, received: { distinct, doubled, late } });
});

const peer = await loadPeer(process.argv[2] as PeerName);
const port = await peer.serve({
  receiveClient: (name, send) => talks.get(name)?.receiveClient(send),
  receiveMessage(name, text) {
    const talk = talks.get(name);
    talk?.receiveMessage(text);
    tell({ kind: "received", name, distinct: talk?.tally.distinct ?? 0 });
  },
});
tell({ kind: "listening", port });

function tell(news: ServerNews): void {
  process.send?.(news);
}
