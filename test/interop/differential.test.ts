// T4: the same streams to implementations of every make, over real sockets. Ours must do exactly what the naive codec says.
// The others must too, but for the ways in which each is known to differ (RELIABILITY §2.10): those are its dialect, and with
// it the codec must say exactly what they do. A difference that no row here explains is a finding about them or about us.
import { afterAll, describe, expect, test } from "vitest";

import { toHex } from "../support/byte-builder.ts";
import { readStream, type Dialect, type NaiveEvents, type Role } from "../support/naive-frame-codec.ts";
import { caseCount, freshSeed, SeededRandom } from "../support/seeded-random.ts";
import { generateStream } from "../support/stream-generator.ts";
import { startClient, startServer, type Endpoint, type Make } from "./differential/echo-endpoints.ts";

interface Tongue {
  readonly lenientLength?: boolean;
  readonly dialect?: Dialect;
  /** What becomes of an answer that the codec expects. */
  readonly answers?: (line: string) => string;
}

// Both wait for the end of a message before they look at its text, take lengths in any form, and call a negative one large.
const common: Tongue = { lenientLength: true, dialect: { waitsForText: true, negativeLength: 1009 } };

const tongues: Readonly<Record<Make, Tongue>> = {
  longwire: {},
  ws: common,
  // Strips a byte order mark from a text.
  undici: { ...common, answers: (line) => line.replace('text "\ufeff', 'text "') },
  faye: {
    lenientLength: true,
    dialect: {
      ...common.dialect,
      wrongMask: 1003,
      longControl: true,
      countsControl: true,
      waitsForContinuation: true,
      brokenReason: 1002,
      refusesCodes: [1012, 1013, 1014],
    },
    answers: (line) => (line === "close 1005" ? "close 1000" : line),
  },
};

/** A line without the reason of a close, which is everybody's own. */
const withoutReason = (line: string): string =>
  line.startsWith("close") ? line.split(" ").slice(0, 2).join(" ") : line;

/** What an echo sends back when it is told `events`. */
function echoOf(events: NaiveEvents, { answers = (line) => line }: Tongue): NaiveEvents {
  return events
    .filter((line) => !line.startsWith("pong"))
    .map((line) => answers(withoutReason(line.replace(/^ping/, "pong").replace(/^fail/, "close"))));
}

const parties: readonly (readonly [role: Role, make: Make])[] = [
  ["server", "longwire"],
  ["server", "ws"],
  ["server", "faye"],
  ["client", "longwire"],
  ["client", "ws"],
  ["client", "undici"],
];

describe.each(parties)("a %s of %s", (role, make) => {
  const maxMessageBytes = role === "server" ? 400 : 1 << 20;
  let endpoint: Promise<Endpoint> | undefined;
  afterAll(async () => (await endpoint)?.close());

  test(`T4 answers each stream as the codec says${make === "longwire" ? "" : ", but for its dialect"}`, async () => {
    endpoint = role === "server" ? startServer(make, maxMessageBytes) : startClient(make);
    const { feed } = await endpoint;
    // Others have rarer ways to differ than their rows tell (in which order they judge, mostly), so they always get the same
    // streams. Ours must have none: it gets fresh ones.
    const isOurs = make === "longwire";
    const random = new SeededRandom(isOurs ? freshSeed : 5);
    const tongue = tongues[make];
    const { lenientLength = false, dialect = {} } = tongue;
    const rules = { role, maxMessageBytes, maxFragments: 1_000, lenientLength, dialect };
    for (let index = 0; index < (isOurs ? caseCount(250) : 250); index++) {
      const stream = generateStream(random.fork(), { role, wrong: 0.06, mutated: 0.15, payloadBytes: 200 });
      const expected = echoOf(readStream(stream, rules), tongue);
      const answer = await feed(stream);
      const other = role === "server" ? "client" : "server";
      const actual = readStream(answer, { role: other, maxMessageBytes: 2 ** 31, maxFragments: 2 ** 31 }).map(
        withoutReason,
      );
      expect(
        actual,
        `case ${index} of ${isOurs ? `LONGWIRE_SEED=${freshSeed}` : "seed 5"}, reads: ${role}\n${toHex(stream)}`,
      ).toEqual(expected);
    }
  });
});
