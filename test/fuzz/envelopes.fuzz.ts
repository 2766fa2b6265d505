// T8: the envelopes of the channels against bytes that nobody meant. Allowed outcomes: an envelope that is written and read
// again to the same, "unknown", or what is wrong with it. Never a throw, never a property on a prototype (Object.prototype is
// frozen here); and two muxes that are fed such bytes keep their bounds and their other channels.
import { describe, expect, test } from "vitest";
import { decodeEnvelope, EnvelopeKind, encodeEnvelope } from "../../src/channels/envelope.ts";
import { ChannelPair } from "../support/channel-ends.ts";
import { toHex } from "../support/byte-builder.ts";
import { settled } from "../support/fake-clock.ts";
import { nearlyEnvelope } from "../support/sample-envelopes.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

describe.each(runSeeds("envelopes"))("T8 $name", ({ seed }) => {
  test("T8 V-16 V-21 V-33 the decoder answers whatever comes, and what it took it means", () => {
    const random = new SeededRandom(seed);
    const kinds = new Set<number>();
    for (let round = 0; round < caseCount(4_000); round++) {
      const wire = nearlyEnvelope(random, encodeEnvelope);
      const before = toHex(wire.subarray(0, 48));
      const answer = decodeEnvelope(wire);
      expect(toHex(wire.subarray(0, 48))).toBe(before);
      if (answer === "unknown" || answer.kind === "malformed") continue;
      kinds.add(answer.kind);
      if (answer.kind !== EnvelopeKind.slice) expect(decodeEnvelope(encodeEnvelope(answer))).toEqual(answer);
    }
    expect(kinds.size).toBe(8);
  });

  test("T8 V-31 V-33 I-12 a mux answers whatever comes, and keeps its bounds", async () => {
    const random = new SeededRandom(seed + 1);
    for (let round = 0; round < caseCount(12); round++) {
      const pair = new ChannelPair({ maxMessageBytes: 50_000, opensPerSecond: 0 });
      for (let count = 0; count < 5; count++) pair.open();
      await settled();
      for (let step = 0; step < 300; step++) {
        const { server, client, up, down } = pair;
        const mux = random.pick([server, client]);
        pair.clock.advance(20);
        const violation = mux.receive(nearlyEnvelope(random, encodeEnvelope));
        if (violation !== undefined) expect(violation.closeCode).toBe(4400);
        // The other side has sent nothing of this kind: what is answered is not for it.
        for (const session of [up, down]) {
          session.take();
          session.flight.length = 0;
        }
        expect(mux.channels.length).toBeLessThanOrEqual(64);
        expect(mux.pools.used).toBeLessThanOrEqual(100_000);
      }
      for (const { channel, owner } of pair.accepted) {
        const closed = owner.log.filter((line) => line.startsWith("closed")).length;
        expect(closed).toBe(channel.state === "open" || channel.state === "closing" ? 0 : 1);
      }
    }
  });
});
