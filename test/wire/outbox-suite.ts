// What channels-v1 §5.7 asks of a server with a route that takes messages from outboxes.

import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import { type Answer, type Claim, claim, close, data, open, readAnswer, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import type { Rule, Target } from "./target.ts";

/** An id that nobody else has. */
const newId = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

/** Claims an outbox; gives the server's answer. */
async function ask(peer: Peer, target: Target, channel: number, terms: Partial<Claim>): Promise<Answer> {
  peer.send(data(claim(channel, target.outbox ?? "", { id: newId(), ...terms })));
  const { parameters } = await peer.hear("ACCEPT");
  return readAnswer(parameters);
}

/** Says `words` and waits until the route has answered. */
async function say(peer: Peer, channel: number, words: string): Promise<void> {
  peer.send(data(text(channel, words)));
  equal(String(await peer.message(channel)), words);
}

/** Hears HANDLED until it is `number`; none goes back, none goes further. */
async function heardUpTo(peer: Peer, number: number): Promise<void> {
  for (let last = 0; last < number;) {
    const handled = await peer.hear("HANDLED");
    equal(handled.number > last && handled.number <= number, true, `HANDLED ${handled.number} after ${last}`);
    last = handled.number;
  }
}

const rule = (name: string, run: (target: Target) => Promise<void>): Rule => {
  return { section: "5.7", name, rows: "I-03", needs: ["outbox"], run };
};

export const outboxRules: readonly Rule[] = [
  rule("a first claim is of nothing known; every message is told to be handled, up to the last", async (target) => {
    const { peer } = await Peer.welcome(target);
    const { window, ...answer } = await ask(peer, target, 1, {});
    deepEqual([answer, window.length], [{ isKnown: false, settled: 0, called: 0 }, 8]);
    for (let number = 1; number <= 40; number++) peer.send(data(text(1, String(number))));
    await heardUpTo(peer, 40);
    peer.cut();
  }),
  rule("whoever comes back goes on behind what was handled", async (target) => {
    const id = newId();
    const { peer } = await Peer.welcome(target);
    const { window } = await ask(peer, target, 1, { id });
    for (const words of ["1", "2", "3"]) await say(peer, 1, words);
    await heardUpTo(peer, 3);
    peer.send(data(close(1)));
    await peer.hear("CLOSE");
    deepEqual(await ask(peer, target, 2, { id, window, first: 1, next: 6 }), {
      window,
      isKnown: true,
      settled: 3,
      called: 3,
    });
    await say(peer, 2, "4");
    peer.cut();
    // And from another session.
    const { peer: other } = await Peer.welcome(target);
    const { isKnown, called } = await ask(other, target, 1, { id, window, first: 2, next: 6 });
    deepEqual([isKnown, called], [true, 4]);
    other.cut();
  }),
  rule("the newer of two channels with one id has it, the older is RESET 4409", async (target) => {
    const id = newId();
    const { peer } = await Peer.welcome(target);
    const { window } = await ask(peer, target, 1, { id });
    await say(peer, 1, "1");
    const { peer: other } = await Peer.welcome(target);
    equal((await ask(other, target, 1, { id, window, first: 1, next: 2 })).called, 1);
    equal((await peer.hear("RESET")).code, 4409);
    await say(other, 1, "2");
    peer.cut();
    other.cut();
  }),
  rule("another window, or numbers that cannot be of this one, are not known: a new one begins", async (target) => {
    const id = newId();
    const { peer } = await Peer.welcome(target);
    let { window } = await ask(peer, target, 1, { id });
    for (const words of ["1", "2", "3"]) await say(peer, 1, words);
    const claims = [
      { window: new Uint8Array(8), first: 2, next: 9 },
      { first: 12, next: 20 },
      { first: 1, next: 3 },
    ];
    for (const [index, terms] of claims.entries()) {
      const answer = await ask(peer, target, index + 2, { id, window, ...terms });
      deepEqual([answer.isKnown, answer.settled, answer.called], [false, terms.next - 1, terms.next - 1]);
      notDeepEqual(answer.window, window);
      ({ window } = answer);
    }
    peer.cut();
  }),
  rule("with RESEND it goes on with what is of unknown fate, without behind it", async (target) => {
    const { peer } = await Peer.welcome(target);
    const called = async (channel: number, resends: boolean): Promise<number> =>
      (await ask(peer, target, channel, { first: 4, next: 9, resends })).called;
    deepEqual([await called(1, true), await called(2, false)], [3, 8]);
    peer.cut();
  }),
  rule("a malformed claim is REJECT 400, what is no claim is ignored", async (target) => {
    const { peer } = await Peer.welcome(target);
    peer.send(data(claim(1, target.outbox ?? "", { id: newId(), first: 3, next: 2 })));
    equal((await peer.hear("REJECT")).code, 400);
    peer.send(data(open(2, target.outbox ?? "")));
    equal((await peer.hear("ACCEPT")).parameters.length, 0);
    await say(peer, 2, "as ever");
    peer.cut();
  }),
];

/** With tokens of two principals. */
export const foreignOutboxRule: Rule = {
  section: "5.7",
  name: "an outbox is its principal's: to another one the same id is another one",
  rows: "V-61",
  needs: ["outbox", "token", "otherToken"],
  async run(target) {
    const id = newId();
    const { peer: ada } = await Peer.welcome(target, target.token);
    const { window } = await ask(ada, target, 1, { id });
    await say(ada, 1, "1");
    const { peer: bob } = await Peer.welcome(target, target.otherToken);
    const { isKnown, called } = await ask(bob, target, 1, { id, window, first: 1, next: 2, resends: true });
    deepEqual([isKnown, called], [false, 0]);
    await say(ada, 1, "2");
    ada.cut();
    bob.cut();
  },
};
