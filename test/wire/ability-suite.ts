// What docs/wire asks of servers that can do more than echo: admit principals, allow other origins, move channels, drain.

import { deepEqual, equal, ok } from "node:assert/strict";
import { ack, at, auth, body, data, goOn, hello, move, open, ping, text } from "./codec.ts";
import { Peer } from "./peer.ts";
import { ask, openByRequest } from "./requests.ts";
import type { Rule } from "./target.ts";

export const abilityRules: readonly Rule[] = [
  {
    section: "3.3",
    name: "AUTH: the same principal is 0, another one 4403, none 4401; the session goes on as whom it was",
    rows: "V-52",
    needs: ["token", "otherToken"],
    async run(target) {
      const { peer, ticket } = await Peer.echo(target, undefined, target.token);
      const status = async (id: number, token: string | undefined): Promise<number> => {
        peer.send(auth(id, token ?? ""));
        return (await peer.next("AUTHED")).status;
      };
      equal(await status(1, target.token), 0);
      equal(await status(2, target.otherToken), 4403);
      equal(await status(3, "no token of anybody"), 4401);
      peer.send(data(text(1, "goes on")));
      equal(String(await peer.message(1)), "goes on");
      peer.cut();
      const again = await Peer.again(target, ticket, 2, 2, target.token);
      await again.next("RESUMED");
      again.cut();
    },
  },
  {
    section: "3.1",
    name: "RESUME by another principal is GONE 4, and changes nothing",
    rows: "V-52",
    needs: ["token", "otherToken"],
    async run(target) {
      const { peer, ticket } = await Peer.echo(target, undefined, target.token);
      equal((await (await Peer.again(target, ticket, 2, 1, target.otherToken)).next("GONE")).reason, 4);
      equal(await (await Peer.again(target, ticket, 3, 1, "no token of anybody")).end(), 4401);
      peer.send(data(text(1, "unharmed")));
      equal(String(await peer.message(1)), "unharmed");
      peer.cut();
    },
  },
  {
    section: "4.5",
    name: "an allowed origin may ask and read: named exactly, with what a preflight names, never *",
    rows: "V-43",
    needs: ["allowedOrigin"],
    async run(target) {
      const headers = { origin: target.allowedOrigin ?? "" };
      for (const action of ["open", "stream", "send", "poll", "probe"]) {
        const asked = { ...headers, "access-control-request-method": action === "poll" ? "GET" : "POST" };
        const preflight = await ask(target, action, { method: "OPTIONS", headers: asked });
        equal(preflight.status, 204, action);
        const said = (name: string): string | null => preflight.headers.get(name);
        equal(said("access-control-allow-origin"), target.allowedOrigin);
        equal(said("access-control-allow-methods"), "GET, POST");
        equal(said("access-control-allow-headers"), "content-type, longwire-ticket, longwire-received, prefer");
        equal(said("access-control-max-age"), "7200");
        equal(said("access-control-allow-private-network"), null);
        ok(varies(preflight.headers));
      }
      const opened = await ask(target, "open", { headers, body: body(hello()) });
      deepEqual([opened.status, opened.headers.get("access-control-allow-origin")], [200, target.allowedOrigin]);
      ok(varies(opened.headers));
      // A refusal can be read, too.
      const refused = await ask(target, "send", { headers, body: body(ping(1)) });
      deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [410, target.allowedOrigin]);
    },
  },
  {
    section: "6",
    name: "a session is bound to the origin of its page",
    rows: "V-52",
    needs: ["allowedOrigin"],
    async run(target) {
      const page = await Peer.dial(target, { page: target.allowedOrigin });
      page.send(hello());
      const { ticket } = await page.next("WELCOME");
      page.send(ack(0));
      equal((await (await Peer.again(target, ticket, 2, 0)).next("GONE")).reason, 4);
      page.send(ping(1));
      await page.next("PONG");
      page.cut();
    },
  },
  {
    section: "5.6",
    name: "a movable channel answers CLOSE(MOVED) with a continuation behind all it has to say, and goes on in another session",
    needs: ["movable"],
    async run(target) {
      const { movable = "" } = target;
      const { peer: first } = await Peer.welcome(target);
      first.send(data(open(1, movable)));
      ok((await first.hear("ACCEPT")).isMovable);
      first.send(data(text(1, "before")), data(move(1)));
      equal(String(await first.message(1)), "before");
      const { moved } = await first.hear("CLOSE");
      ok(moved !== undefined && moved.length <= 2048);
      const { peer: second } = await Peer.welcome(target);
      second.send(data(goOn(1, movable, moved)));
      ok((await second.hear("ACCEPT")).isMovable);
      second.send(data(text(1, "after")));
      equal(String(await second.message(1)), "after");
      first.cut();
      second.cut();
    },
  },
];

/** Rules after which the server is not what it was. */
export const lastRules: readonly Rule[] = [
  {
    section: "4.4",
    name: "the eleventh probe of an address in a minute is answered in the same words as the first",
    async run(target) {
      const answers = await Promise.all(
        Array.from({ length: 11 }, () => ask(target, "probe", { body: body(ping(1)) })),
      );
      for (const { status, said } of answers) {
        deepEqual([status, said.map(({ name }) => name)], [200, ["GREET", "PONG"]]);
      }
    },
  },
  {
    section: "3.1",
    name: "drain: GOAWAY with flag 1, 503 with Retry-After for who is new, 1012 for what is left at the deadline",
    rows: "P-16",
    needs: ["drain"],
    async run(target) {
      const { peer, ticket } = await Peer.echo(target);
      const { ticket: polled } = await openByRequest(target);
      equal((await fetch(target.drain ?? "", { method: "POST" })).ok, true);
      const { flags, deadlineMs, spreadMs } = await peer.next("GOAWAY");
      ok((flags & 1) === 1 && deadlineMs >= spreadMs);
      peer.send(data(text(1, "until then")));
      equal(String(await peer.message(1)), "until then");
      for (const action of ["open", "stream"]) {
        const refused = await ask(target, action, { body: body(hello()) });
        equal(refused.status, 503, action);
        ok(Number(refused.headers.get("retry-after")) > 0, `${action} says when to come again`);
      }
      const said = await ask(target, "send", { ticket: polled, body: body(at(2), data(text(1, "x"))) });
      equal(said.status, 200);
      peer.cut();
      const again = await Peer.again(target, ticket, 2, 2);
      again.patienceMs = deadlineMs + 10_000;
      again.send(ack(2));
      equal((await again.next("GOAWAY")).flags & 1, 1);
      equal((await again.hear("CLOSE")).code, 1012);
      equal((await again.next("BYE")).code, 1012);
    },
  },
];

function varies(headers: Headers): boolean {
  return (headers.get("vary") ?? "")
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes("origin");
}
