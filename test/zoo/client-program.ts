// A client in the zoo, a process of its own: `client-program.ts <peer>`. Connects where its parent says, talks as planned, and
// tells when the first message came and what became of the rest. The time to the first message is measured here.
import { count, GREETING, Tally } from "./conversation.ts";
import type { ClientNews, ClientOrder } from "./news.ts";
import { loadPeer } from "./peers/load-peer.ts";
import type { Client, PeerName } from "./peers/peer.ts";

interface Talk {
  readonly tally: Tally;
  readonly ends: string[];
  readonly client: Client;
  stop: () => void;
}

const talks = new Map<string, Talk>();
const peer = await loadPeer(process.argv[2] as PeerName);

process.on("disconnect", () => process.exit());
process.on("message", (order: ClientOrder) => {
  const { name } = order;
  if (order.kind === "begin") {
    begin(order);
    return;
  }
  const talk = talks.get(name);
  if (talk === undefined) return;
  const { tally, ends, client } = talk;
  const { distinct, doubled, late } = tally;
  tell({ kind: "report", name, received: { distinct, doubled, late }, ends, transport: client.transport });
  talk.stop();
  client.close();
});
tell({ kind: "ready" });

function begin({ name, port, plan }: Extract<ClientOrder, { kind: "begin" }>): void {
  const tally = new Tally();
  const ends: string[] = [];
  let hasFirst = false;
  let stop: (() => void) | undefined;
  const startedAt = performance.now();
  const client = peer.connect(port, name, {
    receiveOpen() {
      stop ??= count(plan, (number) => client.send(String(number)));
    },
    receiveMessage(text) {
      if (!hasFirst) {
        hasFirst = true;
        tell({ kind: "first", name, tookMs: performance.now() - startedAt, transport: client.transport });
      }
      if (text === GREETING) return;
      tally.receive(text);
      tell({ kind: "received", name, distinct: tally.distinct });
    },
    receiveEnd: (why) => void ends.push(why),
  });
  talks.set(name, { tally, ends, client, stop: () => stop?.() });
}

function tell(news: ClientNews): void {
  process.send?.(news);
}
