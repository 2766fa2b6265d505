// npm run zoo [-- --only nginx] [--peer longwire] [--report docs/proxies.md]: each library through each proxy, first how soon a
// message comes, one client after the other, then long talks, many at a time. Real time throughout: about five minutes.
import { parseArgs } from "node:util";
import { durationMs, type Plan } from "./conversation.ts";
import { type PeerName, peerNames } from "./peers/peer.ts";
import { type Animal, animals } from "./proxies.ts";
import { type Cell, type Start, printCell, writeReport } from "./report.ts";
import { startTap } from "./tap.ts";
import { Pair } from "./trial.ts";

const STARTS = 3;
const FIRST_MS = 30_000;
const GRACE_MS = 20_000;
const TALKS_AT_ONCE = 6;
const usual: Plan = { messages: 200, everyMs: 100 };
/** Everybody that a server of SockJS can tell apart. */
const NAME = "guest";

const { values } = parseArgs({
  options: { only: { type: "string" }, peer: { type: "string" }, report: { type: "string" } },
});
const chosen = animals.filter(({ name }) => values.only === undefined || name.includes(values.only));
const peers = peerNames.filter((name) => values.peer === undefined || name === values.peer);

const cells: Cell[] = [];
for (const animal of chosen) {
  for (const peer of peers) {
    if (animal.cage === undefined) {
      process.stdout.write(`${animal.name} is not here\n`);
      continue;
    }
    const starts: Start[] = [];
    // Where nothing comes in half a minute it is not tried again.
    while (starts.length < STARTS && !starts.some(({ first }) => first === undefined))
      starts.push(await start(animal, peer));
    const cell: Cell = { animal, peer, starts, outcome: undefined };
    cells.push(cell);
    printCell(cell);
  }
}

const waiting = cells
  .map((_, index) => index)
  .toSorted((a, b) => durationMs(planOf(cells[b])) - durationMs(planOf(cells[a])));
await Promise.all(
  Array.from({ length: TALKS_AT_ONCE }, async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const cell = cells[index] as Cell;
      const done = { ...cell, outcome: await converse(cell.animal, cell.peer) };
      cells[index] = done;
      printCell(done);
    }
  }),
);
if (values.report !== undefined) writeReport(values.report, cells);

function planOf(cell: Cell | undefined): Plan {
  return cell?.animal.plan ?? usual;
}

/** A fresh client: how long until it hears something, and what it asked of the network for that. */
async function start(animal: Animal, peer: PeerName): Promise<Start> {
  let [requests, connections] = [0, 0];
  const { first } = await through(animal, peer, (pair, port, counts) =>
    pair.talk({
      name: NAME,
      port,
      plan: { messages: 1, everyMs: 0 },
      firstMs: FIRST_MS,
      patienceMs: FIRST_MS + GRACE_MS,
      receiveFirst: () => ({ requests, connections } = counts),
    }),
  );
  return { first, requests, connections };
}

function converse(animal: Animal, peer: PeerName): Promise<NonNullable<Cell["outcome"]>> {
  const plan = animal.plan ?? usual;
  return through(animal, peer, async (pair, port, counts) => {
    const patienceMs = durationMs(plan) + FIRST_MS + GRACE_MS;
    const outcome = await pair.talk({ name: NAME, port, plan, firstMs: FIRST_MS, patienceMs, lingerMs: 1_000 });
    return { ...outcome, messages: plan.messages, requests: counts.requests };
  });
}

async function through<Result>(
  animal: Animal,
  peer: PeerName,
  act: (
    pair: Pair,
    port: number,
    counts: { readonly requests: number; readonly connections: number },
  ) => Promise<Result>,
): Promise<Result> {
  if (animal.cage === undefined) throw new Error(`${animal.name} is not here.`);
  const pair = new Pair(peer);
  const cage = await animal.cage(await pair.port);
  const tap = await startTap(cage.port);
  try {
    return await act(pair, tap.port, tap.counts);
  } finally {
    await pair.stop();
    await tap.stop();
    await cage.stop();
  }
}
