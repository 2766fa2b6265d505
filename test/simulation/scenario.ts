// One seed: clients and a server in a bad world, for at most 20 virtual seconds, and then in a good one for 10, after which
// everything must have arrived. A breach names the seed and shows what happened last.

import type { SessionSettings } from "../../src/session/settings.ts";
import { History, require } from "./checker.ts";
import { drawFaults, type Faults, heal } from "./faults.ts";
import { BYE, type ClientPlan, SimClient } from "./sim-client.ts";
import { Failure, type Outcome } from "./outcome.ts";
import { SimServer } from "./sim-server.ts";
import { type SimNode, World } from "./world.ts";

const QUIET_MS = 10_000;

/** What the transports of a client can be. */
const mixtures: readonly ClientPlan["kinds"][] = [
  ["websocket"],
  ["longpoll"],
  ["stream"],
  ["websocket", "longpoll"],
  ["websocket", "websocket", "stream", "longpoll"],
  ["websocket", "stream", "longpoll", "poll"],
];

const mixturesFor: Readonly<Record<Focus, readonly ClientPlan["kinds"][]>> = {
  all: mixtures,
  copies: [["websocket"]],
  repeats: [["longpoll"], ["stream"]],
};

/** Where a seed looks more closely than by chance. copies: at two holders of one ticket. repeats: at attaches sent twice. */
type Focus = "all" | "copies" | "repeats";

/** Two seeds of ten look at what is rare otherwise. */
function focusOf(seed: number): Focus {
  return seed % 10 === 8 ? "copies" : seed % 10 === 9 ? "repeats" : "all";
}

/** Runs `seed` and throws a Failure when a promise is broken. */
export function runSeed(seed: number): Outcome {
  const world = new World(seed);
  const realNow = Date.now;
  Date.now = () => world.wallNow;
  try {
    return play(world, focusOf(seed));
  } catch (error) {
    throw new Failure(seed, error instanceof Error ? error : new Error(String(error)), world.trace);
  } finally {
    Date.now = realNow;
  }
}

function play(world: World, focus: Focus): Outcome {
  const random = world.random.fork();
  const faults = drawFaults(world.random.fork());
  if (focus === "copies") {
    Object.assign(faults, {
      copied: true,
      cutMs: random.between(100, 1_000),
      restartMs: Infinity,
      backOffMs: random.between(10, 100),
    });
  } else if (focus === "repeats") {
    faults.attachesRepeatedMs = random.between(1, 8);
    faults.authenticateMs = 0;
  }
  const settings: SessionSettings = {
    retainBytes: random.pick([1_000, 4_000, 64_000]),
    retainPackets: random.pick([4, 20, 200]),
    roomBytes: random.pick([100, 600, 16_000]),
    windowMs: random.pick([1_000, 3_000, 8_000, 60_000]),
    orphanMs: random.pick([1_000, 3_000]),
    heartbeatMs: 1_000,
    silenceMs: 800,
    probeMs: 500,
    requestGapMs: random.pick([1_500, 3_000]),
    openingMs: 2_000,
    openingPackets: 3,
    openingBytes: 16_384,
    authGraceMs: 1_000,
    linkAck: { packets: 2, bytes: 300, delayMs: 100 },
    requestAck: { packets: 4, bytes: 600, delayMs: 200 },
  };
  let authors = 0;
  const author = (): number => ++authors;
  const history = new History();
  const server = new SimServer(world, faults, settings, history, author);
  const kinds = random.pick(mixturesFor[focus]);
  const clients = Array.from(
    { length: random.between(1, 3) },
    (_, index) => new SimClient(`client ${index}`, world, faults, settings, server, { kinds }, history, author),
  );
  const chaosMs = random.between(2_000, 20_000);
  if (faults.copied) copyOne(world, clients, chaosMs);
  scheduleTalk(world, clients, server, chaosMs);
  scheduleFaults(world, faults, server, clients, chaosMs);
  const check = (): void => {
    server.check();
    for (const client of clients) client.check();
  };
  world.run(chaosMs, check);
  heal(faults);
  world.note("healed");
  world.run(chaosMs + QUIET_MS, check);
  let delivered = 0;
  let attachments = 0;
  for (const client of clients) {
    judgeQuiet(client, server);
    delivered += client.talker.deliveredCount;
    attachments += client.talker.attachedCount;
  }
  return { seed: world.seed, hash: world.hash, delivered, attachments };
}

/** One client becomes two, which know the same and hold the same ticket. */
function copyOne(world: World, clients: SimClient[], chaosMs: number): void {
  const random = world.random.fork();
  const [original] = clients;
  if (original?.plan.kinds.every((kind) => kind === "websocket") !== true) return;
  const copy = original.copy();
  const fate: SimNode = { name: "fate", stalledUntil: 0, life: 0 };
  world.after(random.fraction() * chaosMs, fate, "copy", () => {
    if (original.letLoose()) clients.push(copy);
  });
}

/** After the quiet time: live, and nothing is left anywhere (I-13). */
function judgeQuiet({ node, session, talker, rival }: SimClient, server: SimServer): void {
  require(rival === undefined || rival.talker.peer !== talker.peer || talker.peer === undefined, "I-11", () =>
    `${node.name} and its copy are in one session`);
  const counterpart = server.talkers.find((other) => other.author === talker.peer || talker.author === other.peer);
  require(session.state === "live", "I-13", () => `${node.name} is ${session.state} after the quiet time`);
  const left = [talker.waitingCount, session.unacknowledgedCount, counterpart?.waitingCount ?? 0];
  require(left.every((count) => count === 0), "I-13", () => `${node.name}: left over ${left.join(", ")}`);
  require(counterpart !== undefined, "I-13", () => `${node.name} talks to nobody`);
  if (counterpart === undefined) return;
  require(counterpart.deliveredCount === talker.pulledCount, "I-02", () => `${node.name}: the server lacks messages`);
  require(talker.deliveredCount === counterpart.pulledCount, "I-02", () => `${node.name} lacks messages`);
  const far = server.sessionOf(counterpart);
  require(far?.retainedBytes === 0 && session.retainedBytes === 0, "I-13", () =>
    `${node.name}: an outbox is not empty`);
}

function scheduleTalk(world: World, clients: readonly SimClient[], server: SimServer, chaosMs: number): void {
  const random = world.random.fork();
  const everyMs = random.pick([5, 20, 100, 400]);
  const largest = random.pick([10, 200, 3_000]);
  const author: SimNode = { name: "application", stalledUntil: 0, life: 0 };
  const talk = (): void => {
    const client = random.chance(0.5) ? random.pick(clients) : undefined;
    const talker = client?.talker ?? server.talkers.at(random.between(0, 5));
    const bytes = random.between(0, largest);
    // Who must not send more does not: the queue above a session is the channel's, and bounded there.
    if (talker !== undefined && talker.waitingCount < 100) (client ?? talker).say(bytes);
    if (world.now < chaosMs + 1_000) world.after(random.fraction() * 2 * everyMs, author, "talk", talk);
  };
  talk();
}

function scheduleFaults(
  world: World,
  faults: Faults,
  server: SimServer,
  clients: readonly SimClient[],
  chaosMs: number,
): void {
  const nodes: readonly SimNode[] = [server.node, ...clients.map(({ node }) => node)];
  const random = world.random.fork();
  const fate: SimNode = { name: "fate", stalledUntil: 0, life: 0 };
  const nowAndThen = (meanMs: number, strike: () => void): void => {
    if (meanMs === Infinity) return;
    const next = (): void => {
      world.after(random.fraction() * 2 * meanMs, fate, "fault", () => {
        if (world.now >= chaosMs) return;
        strike();
        next();
      });
    };
    next();
  };
  nowAndThen(faults.stallMs, () => {
    const node = random.pick(nodes);
    // Never earlier than before: what waits already would be overtaken by what comes then.
    node.stalledUntil = Math.max(node.stalledUntil, world.now + random.fraction() * random.pick([200, 2_500]));
    world.note(`${node.name} stalls`);
  });
  nowAndThen(faults.restartMs, () => server.restart());
  nowAndThen(faults.byeMs, () => {
    const sessions = [...server.registry.sessions, ...clients.map(({ session }) => session)];
    random.pick(sessions).bye(BYE, "enough");
  });
  nowAndThen(faults.wallJumpMs, () => world.jumpWall((random.fraction() - 0.5) * 1e9));
}
