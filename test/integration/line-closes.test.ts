// A line that its application closes while things are under way, against a whole server in virtual time: what was said before the
// close is heard before it, the session is over at once, and a close is clean only if nothing stayed behind.
import { expect, test } from "vitest";
import { FaultyTalk } from "../support/faulty-talk.ts";

test.each(["stream", "longpoll", "poll"] as const)(
  "I-15 a line over %s that is closed while a POST is under way says all of it again, what came after, and BYE, at once",
  async (kind) => {
    const talk = await FaultyTalk.begin([kind]);
    await talk.pass(5_000);
    talk.site.network.conditions = { latencyMs: 300 };
    talk.say();
    await talk.pass(50);
    talk.say();
    talk.say();
    talk.line.close();
    await talk.pass(1_500);
    expect([talk.up, talk.counts.closed, talk.gauge("sessions")]).toEqual([[0, 1, 2], 1, 0]);
    expect(talk.events).toEqual(["open", "close 1000"]);
  },
);

test.each(["stream", "longpoll"] as const)(
  "I-15 a line over %s is closed with all that it said, though the older POST arrives in the midst of the one with BYE",
  async (kind) => {
    const talk = await FaultyTalk.begin([kind]);
    await talk.pass(10_000);
    talk.site.network.conditions = { latencyMs: 400 };
    talk.say();
    await talk.pass(20);
    talk.site.network.conditions = { latencyMs: 5, bytesPerSecond: 1_400, sliceBytes: 50 };
    for (let count = 0; count < 60; count++) talk.say();
    talk.line.close();
    await talk.pass(5_000);
    expect([talk.differences[0], talk.counts.closed, talk.gauge("sessions")]).toEqual([[], 1, 0]);
    expect(talk.events).toEqual(["open", "close 1000"]);
  },
);

test.each(["stream", "longpoll"] as const)(
  "I-15 a socket over %s whose message does not leave before BYE is not closed cleanly",
  async (kind) => {
    const talk = await FaultyTalk.begin([kind]);
    const other = talk.line.open("/talk");
    await talk.pass(10_000);
    talk.site.network.conditions = { latencyMs: 300 };
    const closes: boolean[] = [];
    for (const socket of [talk.socket, other]) socket.addEventListener("close", (event) => closes.push(event.wasClean));
    talk.say();
    await talk.pass(50);
    other.send(new Uint8Array(100 * 1024));
    talk.say();
    talk.line.close();
    await talk.pass(2_000);
    expect([talk.up, closes]).toEqual([[0], [false, false]]);
  },
);

test.each(["websocket", "stream"] as const)(
  "I-15 a line that is closed as soon as it goes on over %s says first what was lost",
  async (kind) => {
    const talk = await FaultyTalk.begin([kind]);
    await talk.pass(10_000);
    talk.site.network.conditions = { latencyMs: 300 };
    talk.say();
    await talk.pass(20);
    talk.site.network.cut();
    talk.site.network.conditions = { latencyMs: 5 };
    talk.socket.addEventListener("resume", () => talk.line.close());
    await talk.pass(10_000);
    expect([talk.up, talk.counts.closed, talk.events.at(-1)]).toEqual([[0], 1, "close 1000"]);
  },
);
