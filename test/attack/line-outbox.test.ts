// Attacks on what a server remembers of outboxes (wire/channels-v1 §5.7, RELIABILITY V-61): ids without end, numbers that go backwards
// or jump, claims that are none, two who want the same. A rightful outbox beside them goes on, and comes back to what it knew.
import { expect } from "vitest";
import { decodeEnvelope, EnvelopeKind } from "../../src/channels/envelope.ts";
import {
  decodeAnswer,
  encodeClaim,
  MAX_MESSAGE_NUMBER,
  type OutboxAnswer,
  type OutboxClaim,
} from "../../src/channels/outbox-terms.ts";
import { PacketType } from "../../src/session/packet.ts";
import { closeData, hello, LineClient, openData, textData } from "../support/line-client.ts";
import { attack, isFull, type Scene } from "./support/attack.ts";

const zeros = new Uint8Array(8);

/** A session that claims outboxes. */
class Claimant {
  readonly client: LineClient;
  #lastId = 0;

  private constructor(client: LineClient) {
    this.client = client;
  }

  static async begin({ target }: Scene): Promise<Claimant> {
    const client = new LineClient(await target.open("/", { "Sec-WebSocket-Protocol": "longwire.1" }));
    await client.expect(PacketType.greet);
    client.send(hello());
    await client.expect(PacketType.welcome);
    client.send({ type: PacketType.ack, received: 0 });
    return new Claimant(client);
  }

  ask(claim: Partial<OutboxClaim> | Uint8Array): number {
    const terms = { id: new Uint8Array(16), window: zeros, first: 1, next: 1, resends: false };
    const parameters = claim instanceof Uint8Array ? claim : encodeClaim({ ...terms, ...claim });
    this.client.send(openData(++this.#lastId, "/", [], false, parameters));
    return this.#lastId;
  }

  /** What the server says to the next claim: the status, or the answer. */
  async answer(): Promise<number | OutboxAnswer | undefined> {
    for (;;) {
      const packet = await this.client.next();
      if (packet.type !== PacketType.data) continue;
      const envelope = decodeEnvelope(packet.envelope);
      if (envelope === "unknown") continue;
      if (envelope.kind === EnvelopeKind.reject) return envelope.status;
      if (envelope.kind === EnvelopeKind.accept) return decodeAnswer(envelope.parameters);
    }
  }

  async claim(claim: Partial<OutboxClaim> | Uint8Array): Promise<number | OutboxAnswer | undefined> {
    this.ask(claim);
    return this.answer();
  }

  /** Says `words` on the newest channel and waits until it comes back. */
  async say(words: string): Promise<void> {
    this.client.send(textData(this.#lastId, words));
    while ((await this.client.told(1))[0] !== `data ${String(this.#lastId)} ${words}`);
  }

  leave(): void {
    this.client.send(closeData(this.#lastId, 1000));
  }
}

function known(answer: number | OutboxAnswer | undefined): OutboxAnswer {
  if (answer === undefined || typeof answer === "number") throw new Error(`The claim was answered ${String(answer)}.`);
  return answer;
}

async function remembered({ target }: Scene): Promise<number> {
  const { metrics } = await target.facts();
  return metrics["outboxes"] ?? Number.NaN;
}

attack("V-61 ids without end are remembered up to a share, and in use up to the same", {}, async (scene) => {
  const rightful = await Claimant.begin(scene);
  const own = new Uint8Array(16).fill(0xee);
  const { window } = known(await rightful.claim({ id: own }));
  await rightful.say("mine");
  const sessions = isFull ? 500 : 60;
  let [accepted, refused] = [0, 0];
  for (let session = 0; session < sessions; session++) {
    const flooder = await Claimant.begin(scene);
    const count = 40;
    for (let at = 0; at < count; at++) {
      const id = crypto.getRandomValues(new Uint8Array(16));
      const answer = await flooder.claim({ id });
      if (answer === 429) refused += 1;
      else accepted += 1;
      // Some are left open: what is in use makes no room.
      if (at % 2 === 0) flooder.leave();
    }
    if (session % 2 === 0) flooder.client.raw.destroy();
  }
  scene.note(
    `${String(accepted)} outboxes accepted, ${String(refused)} refused, ${String(await remembered(scene))} kept`,
  );
  expect(refused).toBeGreaterThan(0);
  expect(await remembered(scene)).toBeLessThanOrEqual(100);
  await rightful.say("still mine");
  rightful.leave();
  expect(known(await rightful.claim({ id: own, window, first: 1, next: 9 }))).toMatchObject({
    isKnown: true,
    called: 2,
  });
});

attack(
  "V-61 numbers that go backwards, jump or leave what can be counted are nobody's but their sender's",
  {},
  async (scene) => {
    const rightful = await Claimant.begin(scene);
    const own = new Uint8Array(16).fill(0xee);
    const { window } = known(await rightful.claim({ id: own }));
    await rightful.say("1");
    const liar = await Claimant.begin(scene);
    const most = MAX_MESSAGE_NUMBER;
    const lies: (Partial<OutboxClaim> | Uint8Array)[] = [
      { first: most, next: most },
      { first: 1, next: most, resends: true },
      { first: 5, next: 5, window },
      { first: 1, next: 1, window },
      Uint8Array.of(1),
      Uint8Array.of(1, 0xff, ...new Uint8Array(24), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      encodeClaim({ id: new Uint8Array(16), window, first: 1, next: most + 1, resends: false }),
      encodeClaim({ id: new Uint8Array(16), window, first: 7, next: 3, resends: false }),
    ];
    const answers: string[] = [];
    for (const lie of lies) {
      const answer = await liar.claim(lie);
      answers.push(
        typeof answer === "number"
          ? String(answer)
          : `${answer?.isKnown ? "known" : "unknown"} ${answer?.called ?? ""}`,
      );
      if (typeof answer !== "number") await liar.say("heard");
      liar.leave();
    }
    expect(answers).toEqual([
      `unknown ${String(most - 1)}`,
      "unknown 0",
      "unknown 4",
      "unknown 0",
      "400",
      "400",
      "400",
      "400",
    ]);
    await rightful.say("2");
    rightful.leave();
    expect(known(await rightful.claim({ id: own, window, first: 1, next: 9 }))).toMatchObject({
      isKnown: true,
      called: 2,
    });
  },
);

attack("V-61 two who fight for one outbox end each other's channels and nothing else", {}, async (scene) => {
  const id = new Uint8Array(16).fill(7);
  const fighters = [await Claimant.begin(scene), await Claimant.begin(scene)] as const;
  let window: Uint8Array = zeros;
  let called = 0;
  for (let round = 0; round < 20; round++) {
    const fighter = fighters[round % 2] as Claimant;
    const answer = known(await fighter.claim({ id, window, first: 1, next: called + 1 }));
    expect([answer.isKnown, answer.called]).toEqual([round > 0, called]);
    ({ window } = answer);
    await fighter.say(`blow ${String(round)}`);
    called += 1;
  }
  expect(await remembered(scene)).toBe(1);
});
