// What docs/wire/session-v1.md asks of a server's transports that are made of requests (§4), one rule at a time.

import { deepEqual, equal, ok } from "node:assert/strict";
import { ack, at, body, bye, data, hello, join, open, pack, ping, readBody, resume, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import { type Answered, ask, beginPost, exchange, listen, openByRequest, poll } from "./requests.ts";
import type { Rule, Target } from "./target.ts";

export const requestRules: readonly Rule[] = [
  {
    section: "4",
    name: "answers are not to be stored, changed or collected",
    async run(target) {
      const { status, headers } = await ask(target, "open", { body: body(hello()) });
      const names = ["content-type", "cache-control", "x-accel-buffering", "x-content-type-options", "vary"];
      const said = [...names.map((name) => headers.get(name)), status];
      deepEqual(said, ["application/longwire", "no-store, no-transform", "no", "nosniff", "Origin", 200]);
      equal(headers.get("content-encoding"), null);
    },
  },
  {
    section: "4.3",
    name: "a poll brings what is not acknowledged, and its cursor acknowledges",
    async run(target) {
      const { ticket } = await openByRequest(target);
      await ask(target, "send", { ticket, body: body(ack(1), at(2), data(text(1, "x"))) });
      for (let time = 0; time < 2; time++) {
        const { said } = await poll(target, ticket, 1, 3);
        deepEqual(
          said.filter(({ name }) => name === "AT" || name === "DATA").map(({ name }) => name),
          ["AT", "DATA"],
        );
        ok(said.some((one) => one.name === "AT" && one.next === 2));
      }
      equal((await poll(target, ticket, 2)).said.filter(({ name }) => name === "DATA").length, 0);
      equal((await poll(target, ticket, 1)).status, 204);
    },
  },
  {
    section: "4.4",
    name: "a body that is sent again is delivered once, one cut short counts up to there",
    rows: "P-115",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const once = body(at(2), data(text(1, "once")));
      for (let time = 0; time < 3; time++) {
        const { said } = await ask(target, "send", { ticket, body: join(once, [60, 0, 0x30]) });
        ok(said.some((one) => one.name === "ACK" && one.received === 2));
      }
      await poll(target, ticket, 1, 3);
      const { said } = await poll(target, ticket, 1, 1);
      equal(said.filter((one) => one.name === "DATA" && one.envelope.kind === "SLICE").length, 1);
    },
  },
  {
    section: "4.4",
    name: "a gap is 409 with ACK, nothing behind it counts, and the transport goes on",
    rows: "P-118",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const gap = await ask(target, "send", { ticket, body: body(at(3), data(text(1, "gap")), data(text(1, "2"))) });
      deepEqual([gap.status, gap.said], [409, [{ name: "ACK", received: 1 }]]);
      const after = await ask(target, "send", { ticket, body: body(at(2), data(text(1, "next"))) });
      deepEqual([after.status, after.said.at(-1)], [200, { name: "ACK", received: 2 }]);
      deepEqual(slicesIn(await poll(target, ticket, 1, 3)), ["next"]);
    },
  },
  {
    section: "4.2",
    name: "a stream brings WELCOME at once and then what comes; its ticket is no poll's, and nothing's after its end",
    async run(target) {
      const stream = await listen(target, "stream", { body: body(hello(), at(1), data(open(1, target.echo))) });
      const welcome = stream.said.find((one) => one.name === "WELCOME");
      ok(welcome?.name === "WELCOME");
      const { ticket } = welcome;
      equal((await poll(target, ticket, 0)).status, 409);
      const up = { ticket, body: body(ack(0), at(2), data(text(1, "up"))) };
      equal((await ask(target, "send", up)).status, 200);
      const heard: string[] = [];
      while (heard.length === 0) heard.push(...slicesIn({ ...stream, said: (await stream.read()) ?? [] }));
      deepEqual(heard, ["up"]);
      stream.leave();
      // The end needs a moment to get there.
      for (let time = 0; time < 100 && (await ask(target, "send", up)).status !== 409; time++) await pause(20);
      equal((await ask(target, "send", up)).status, 409);
    },
  },
  {
    section: "4.2",
    name: "what is sent behind the end of its stream counts, is answered 409 with ACK, and attaches nothing",
    rows: "I-11 P-115",
    async run(target) {
      const { ticket } = await streamThatEnded(target);
      const up = { ticket, body: body(ack(0), at(2), data(text(1, "behind"))) };
      for (let time = 0; time < 2; time++) {
        const { status, said } = await ask(target, "send", up);
        deepEqual([status, said.at(-1)], [409, { name: "ACK", received: 2 }]);
      }
      const { said } = await ask(target, "open", { body: body(resume(ticket, 2, 0)) });
      const resumed = said.find((one) => one.name === "RESUMED");
      ok(resumed?.name === "RESUMED");
      equal(resumed.received, 2);
      // Its ticket is an older one from now on.
      const late = await ask(target, "send", { ticket, body: body(at(3), data(text(1, "late"))) });
      deepEqual([late.status, late.said], [409, []]);
      const next = await ask(target, "send", { ticket: resumed.ticket, body: body(at(3), data(text(1, "next"))) });
      deepEqual([next.status, next.said.at(-1)], [200, { name: "ACK", received: 3 }]);
      const heard: string[] = [];
      for (let received = 1; heard.length < 2; received = 1 + heard.length) {
        heard.push(...slicesIn(await poll(target, resumed.ticket, received, 3)));
      }
      deepEqual(heard, ["behind", "next"]);
    },
  },
  {
    section: "4.2",
    name: "BYE behind the end of its stream ends the session: nobody waits for its window",
    rows: "I-15",
    async run(target) {
      const { ticket } = await streamThatEnded(target);
      equal((await ask(target, "send", { ticket, body: body(ack(0), bye(1000)) })).status, 409);
      equal((await ask(target, "send", { ticket, body: body(ping(1)) })).status, 410);
      const { said } = await ask(target, "open", { body: body(resume(ticket, 2, 0)) });
      deepEqual(said, [{ name: "GONE", reason: 1 }]);
    },
  },
  {
    section: "3",
    name: "a session goes on from a websocket to polling, and back",
    async run(target) {
      const { peer: first, ticket } = await Peer.echo(target);
      first.cut();
      const { said } = await ask(target, "open", { body: body(resume(ticket, 2, 1)) });
      const resumed = said.find((one) => one.name === "RESUMED");
      ok(resumed?.name === "RESUMED");
      await ask(target, "send", { ticket: resumed.ticket, body: body(ack(1), at(2), data(text(1, "up"))) });
      const peer = await Peer.again(target, resumed.ticket, 3, 1);
      await peer.next("RESUMED");
      peer.send(ack(1));
      equal(String(await peer.message(1)), "up");
      equal((await poll(target, resumed.ticket, 1)).status, 409);
      peer.cut();
    },
  },
  {
    section: "4.4",
    name: "a probe is answered by GREET and PONG before its end, which comes by itself",
    async run(target) {
      const probe = await listen(target, "probe", { body: body(ping(8)) });
      deepEqual([probe.status, probe.said.map(({ name }) => name)], [200, ["GREET", "PONG"]]);
      equal(await probe.read(), undefined);
    },
  },
  {
    section: "4.4",
    name: "a probe that would not wait is answered whole, so that nothing on the way can hold the answer back",
    async run(target) {
      const probe = await ask(target, "probe", { body: body(ping(8)), headers: { prefer: "wait=0" } });
      deepEqual([probe.status, probe.said.map(({ name }) => name)], [200, ["GREET", "PONG"]]);
      ok(probe.headers.get("content-length") !== null);
    },
  },
  {
    section: "4.3",
    name: "a newer GET supersedes the older one, which is 204; the newer one gets what comes",
    rows: "P-114",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const older = poll(target, ticket, 1, 20);
      await pause(100);
      const newer = poll(target, ticket, 1, 20);
      equal((await older).status, 204);
      await ask(target, "send", { ticket, body: body(at(2), data(text(1, "x"))) });
      deepEqual(slicesIn(await newer), ["x"]);
    },
  },
  {
    section: "4.4",
    name: "a newer POST supersedes an unfinished one, which is 409; what that has delivered stays, and the rest does not count",
    rows: "P-114 V-24",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const older = beginPost(target, "send", ticket, body(at(2), data(text(1, "once"))));
      // Its first message is there when it comes back.
      deepEqual(slicesIn(await poll(target, ticket, 1, 4)), ["once"]);
      const both = body(at(2), data(text(1, "once")), data(text(1, "twice")));
      const newer = await ask(target, "send", { ticket, body: both });
      deepEqual([newer.status, newer.said.at(-1)], [200, { name: "ACK", received: 3 }]);
      equal((await older.answer).status, 409);
      older.write(body(data(text(1, "late"))));
      older.end();
      deepEqual(slicesIn(await poll(target, ticket, 2, 1)), ["twice"]);
      deepEqual(slicesIn(await poll(target, ticket, 3, 1)), []);
    },
  },
  {
    section: "4.4",
    name: "a POST with BYE behind its DATA supersedes an unfinished one, and ends the session",
    rows: "I-15 P-114",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const older = beginPost(target, "send", ticket, body(at(2), data(text(1, "once"))));
      deepEqual(slicesIn(await poll(target, ticket, 1, 4)), ["once"]);
      const both = body(at(2), data(text(1, "once")), data(text(1, "twice")), bye(1000));
      await ask(target, "send", { ticket, body: both });
      equal((await older.answer).status, 409);
      equal((await ask(target, "send", { ticket, body: body(ping(1)) })).status, 410);
    },
  },
  {
    section: "4.4",
    name: "PING in a POST is answered in its answer, or by the next GET",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const { said } = await ask(target, "send", { ticket, body: body(ping(77)) });
      const later = said.some(({ name }) => name === "PONG") ? said : (await poll(target, ticket, 1, 3)).said;
      ok(later.some((one) => one.name === "PONG" && one.token === 77));
    },
  },
  {
    section: "4",
    name: "a request of HTTP/1.0 is answered whole, and with the end of the connection",
    async run(target) {
      const opening = body(hello());
      const head = [
        `POST ${target.base}/open HTTP/1.0`,
        `Host: ${new URL(target.origin).host}`,
        "Content-Type: application/longwire",
        `Content-Length: ${opening.length}`,
      ];
      const answer = await exchange(target, `${head.join("\r\n")}\r\n\r\n`, opening);
      const end = answer.indexOf("\r\n\r\n");
      const fields = answer.subarray(0, end).toString().toLowerCase();
      ok(/^http\/1\.[01] 200 /.test(fields) && !fields.includes("chunked"));
      equal(readBody(answer.subarray(end + 4))[0]?.name, "WELCOME");
    },
  },
  {
    section: "4.5",
    name: "a body of more than 16 KiB before admission, or 256 KiB after it, is 413",
    rows: "V-17",
    async run(target) {
      const { ticket } = await openByRequest(target);
      const slices = (count: number): Uint8Array[] =>
        Array.from({ length: count }, () => data(new Uint8Array(16 * 1024).fill(9)));
      equal((await ask(target, "open", { body: body(hello(), at(1), ...slices(2)) })).status, 413);
      equal((await ask(target, "send", { ticket, body: body(at(2), ...slices(20)) })).status, 413);
      equal((await ask(target, "send", { ticket, body: body(ping(1)) })).status, 200);
    },
  },
  {
    section: "2",
    name: "a PACK in a body is no packet: 400, nothing of it counts, and the session goes on by RESUME",
    rows: "I-03",
    async run(target) {
      equal((await ask(target, "open", { body: body(pack(hello())) })).status, 400);
      const { ticket } = await openByRequest(target);
      equal((await ask(target, "send", { ticket, body: body(pack(at(2), data(text(1, "x")))) })).status, 400);
      const { said } = await ask(target, "open", { body: body(resume(ticket, 2, 1)) });
      const resumed = said.find((one) => one.name === "RESUMED");
      equal(resumed?.name === "RESUMED" ? resumed.received : undefined, 1);
    },
  },
  {
    section: "4.5",
    name: "statuses: wrong type or encoding 415, method 405, ticket 410, cursor 400, too many packets 413",
    async run(target) {
      const status = async (action: string, asking: Parameters<typeof ask>[2]): Promise<number> =>
        (await ask(target, action, asking)).status;
      const { ticket } = await openByRequest(target);
      const opening = body(hello());
      equal(await status("open", { body: opening, headers: { "content-type": "text/plain" } }), 415);
      equal(await status("open", { body: opening, headers: { "content-encoding": "gzip" } }), 415);
      equal(await status("open", { method: "GET" }), 405);
      equal(await status("poll", { body: opening }), 405);
      equal(await status("send", { body: opening }), 410);
      equal(await status("send", { ticket: new Uint8Array(40), body: opening }), 410);
      equal(await status("poll", { method: "GET", ticket, headers: { "longwire-received": "x" } }), 400);
      const many = body(...Array.from({ length: 101 }, () => ping(1)));
      equal(await status("send", { ticket, body: many }), 413);
    },
  },
  {
    section: "4.5",
    name: "a foreign origin gets 403 on every address",
    rows: "V-57",
    async run(target) {
      const headers = { origin: "https://foreign.invalid" };
      for (const action of ["open", "stream", "send", "probe"]) {
        equal((await ask(target, action, { headers, body: body(hello()) })).status, 403, action);
        const asked = { ...headers, "access-control-request-method": "POST" };
        const preflight = await ask(target, action, { method: "OPTIONS", headers: asked });
        deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin")], [403, null], action);
      }
      equal((await ask(target, "poll", { method: "GET", headers })).status, 403);
    },
  },
];

/** A session with channel 1 to the echo route, confirmed, whose stream was left. */
async function streamThatEnded(target: Target): Promise<{ ticket: Uint8Array }> {
  const stream = await listen(target, "stream", { body: body(hello(), at(1), data(open(1, target.echo))) });
  const welcome = stream.said.find((one) => one.name === "WELCOME");
  ok(welcome?.name === "WELCOME");
  const { ticket } = welcome;
  stream.leave();
  // The end needs a moment to get there.
  for (let time = 0; time < 100; time++) {
    if ((await ask(target, "send", { ticket, body: body(ack(0)) })).status === 409) break;
    await pause(20);
  }
  return { ticket };
}

/** The texts of the slices in an answer. */
function slicesIn({ said }: Answered): string[] {
  return said.flatMap((one) =>
    one.name === "DATA" && one.envelope.kind === "SLICE" ? [String(Buffer.from(one.envelope.bytes))] : [],
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
