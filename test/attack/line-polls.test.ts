// Many requests that wait at once on one node: a publication answers all of them. Issue sizes: 1,000, in the long run 10,000.
// What each costs while it waits is printed for the table, and never judged.
import { expect } from "vitest";
import { hello, openData } from "../support/line-client.ts";
import { at, type LineAnswer, LineRequests } from "../support/line-requests.ts";
import { attack, isFull } from "./support/attack.ts";

const count = isFull ? 10_000 : 1_000;

attack(
  `${count.toLocaleString("en")} long polls that wait are all answered by one publication`,
  { heapMb: 2_048 },
  async (scene) => {
    const { target, note, factsOnce } = scene;
    const line = new LineRequests(target.port);
    const publisher = await target.open("/publish");
    const empty = await target.facts("collect");
    const sessions: { readonly ticket: Uint8Array; readonly received: number }[] = [];
    // Not all connections at once: the kernel's queue for them is short.
    while (sessions.length < count) {
      const opened = await Promise.all(
        Array.from({ length: Math.min(100, count - sessions.length) }, () =>
          line.open([hello(), at(1), openData(1, "/feed")]),
        ),
      );
      expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
      // ACCEPT came with the answer, or comes with the first poll.
      for (const { ticket, told } of opened) sessions.push({ ticket, received: told.includes("at") ? 1 : 0 });
    }
    const held = sessions.map(({ ticket, received }) => line.poll(ticket, received, 20));
    await factsOnce(({ resources }) => (resources["TCPSocketWrap"] ?? 0) >= count);
    // What was asked for above is in before this: the requests wait.
    await scene.control.beat();
    const waiting = await target.facts("collect");
    publisher.writeFrame({ payload: "to all" });
    expect((await publisher.nextFrame()).text).toBe(String(count));
    const answers: LineAnswer[] = await Promise.all(held);
    expect(answers.filter(({ told }) => told.includes("data 1 to all"))).toHaveLength(count);
    const done = await target.facts();
    const kib = (bytes: number): string => `${(bytes / count / 1024).toFixed(1)} KiB`;
    note(`${count.toLocaleString("en")} waiting requests`);
    note(
      `each ${kib(waiting.heldBytes - empty.heldBytes)} of heap, ${kib(waiting.rssBytes - empty.rssBytes)} resident`,
    );
    note(`each ${((1000 * (done.cpuMs - waiting.cpuMs)) / count).toFixed(0)} µs of CPU to answer`);
    process.stdout.write(
      `${count} waiting requests: each ${kib(waiting.heldBytes - empty.heldBytes)} of heap, ` +
        `${kib(waiting.rssBytes - empty.rssBytes)} resident, ` +
        `${((1000 * (done.cpuMs - waiting.cpuMs)) / count).toFixed(0)} µs of CPU to answer\n`,
    );
  },
  isFull ? 240_000 : 60_000,
);
