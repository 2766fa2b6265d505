// npm run zoo [-- --only nginx --peer longwire --report docs/proxies.md]: each library through each proxy, first how soon a message
// comes, one client after the other, then long talks, several at a time. Real time throughout: about six minutes.
import { parseArgs } from "node:util";
import { durationMs, type Plan } from "./conversation.ts";
import { type PeerName, peerNames } from "./peers/peer.ts";
import { type Animal, animals } from "./proxies.ts";
import { type Cell, type Start, printCell, writeReport } from "./report.ts";
import { startTap, type TapCounts } from "./tap.ts";
import { Pair } from "./trial.ts";

/** Not counting the first. */
const STARTS = 5;
const FIRST_MS = 30_000;
const GRACE_MS = 20_000;
const TALKS_AT_ONCE = 12;
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
    const starts = await begin(animal, peer);
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

/** How long until a client hears something, and what it asked of the network for that, some times. */
async function begin(animal: Animal, peer: PeerName): Promise<Start[]> {
  const starts: Start[] = [];
  const plan: Plan = { messages: 0, everyMs: 0 };
  const pair = new Pair(peer);
  // Each time at an address that is new to the client. Where nothing comes in half a minute it is not tried again.
  while (starts.length <= STARTS && !starts.some(({ first }) => first === undefined)) {
    const started = await through(animal, pair, async (port, counts) => {
      let spent: TapCounts | undefined;
      const receiveFirst = (): void => void (spent = { ...counts });
      const { first } = await pair.talk({ name: NAME, port, plan, patienceMs: FIRST_MS, receiveFirst });
      // Nothing came: all that was tried in the meantime.
      const { requests, connections } = spent ?? counts;
      return { first, requests, connections };
    });
    starts.push(started);
  }
  await pair.stop();
  // What a program compiles and loads at its first connection is no proxy's doing.
  return starts.length > 1 ? starts.slice(1) : starts;
}

async function converse(animal: Animal, peer: PeerName): Promise<NonNullable<Cell["outcome"]>> {
  const plan = animal.plan ?? usual;
  const pair = new Pair(peer);
  const outcome = await through(animal, pair, async (port, counts) => {
    const patienceMs = durationMs(plan) + FIRST_MS + GRACE_MS;
    const seen = await pair.talk({ name: NAME, port, plan, firstMs: FIRST_MS, patienceMs, lingerMs: 1_000 });
    return { ...seen, messages: plan.messages, requests: counts.requests };
  });
  await pair.stop();
  return outcome;
}

async function through<Result>(
  animal: Animal,
  pair: Pair,
  act: (port: number, counts: TapCounts) => Promise<Result>,
): Promise<Result> {
  if (animal.cage === undefined) throw new Error(`${animal.name} is not here.`);
  const cage = await animal.cage(await pair.port);
  const tap = await startTap(cage.port);
  try {
    return await act(tap.port, tap.counts);
  } finally {
    await tap.stop();
    await cage.stop();
  }
}
