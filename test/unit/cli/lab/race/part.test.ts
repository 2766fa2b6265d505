// The race's half on the server, met as a page meets it: control socket, requests, WebSocket.
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { openLab } from "../../../../../src/cli/lab/lab.ts";
import { type LabPage, pageLimits } from "../../../../../src/cli/lab/pages.ts";
import { racePart } from "../../../../../src/cli/lab/race/part.ts";
import type { RaceReport, RaceRequest } from "../../../../../src/cli/lab/race/wire.ts";
import { createServer, type LongwireServer } from "../../../../../src/server/index.ts";
import { visitLab } from "../../../../support/lab-visit.ts";

let server: LongwireServer | undefined;
afterEach(async () => {
  await server?.close();
});

const settings = { rate: 50, bytes: 96, pollMs: 1_000, clients: 0 };
const patient = { timeout: 15_000, interval: 20 };

async function openRace() {
  const longwire = createServer({
    http: (request, response) => void lab.answer(request, response),
  });
  server = longwire;
  const lab = openLab(longwire, { address: () => undefined, parts: { race: (site) => racePart(site) } });
  const { port } = await longwire.listen({ host: "127.0.0.1" });
  const control = new WebSocket(`ws://127.0.0.1:${port}/lab/control`);
  const reports: RaceReport[] = [];
  let page = "";
  control.on("message", (data: Buffer) => {
    const said = JSON.parse(data.toString()) as { type: string; page: string; message: RaceReport };
    if (said.type === "page") ({ page } = said);
    else reports.push(said.message);
  });
  await expect.poll(() => page, patient).not.toBe("");
  return {
    lab,
    control,
    reports,
    tell: (message: RaceRequest) => control.send(JSON.stringify({ type: "part", part: "race", message })),
    ask: (path: string) => fetch(`http://127.0.0.1:${port}/lab/api/race/${path}page=${page}`),
    dial: () => new WebSocket(`ws://127.0.0.1:${port}/lab/race/${page}/socket`),
  };
}

describe("racePart", () => {
  it("without a race there is nothing to ask, and nobody to talk to", async () => {
    const { ask, dial } = await openRace();
    expect((await ask("poll?after=0&")).status).toBe(404);
    expect((await once(dial(), "close"))[0]).toBe(1008);
  });

  it("a race feeds its socket and its requests, and reports what they took", async () => {
    const { tell, ask, dial, reports } = await openRace();
    tell({ type: "run", settings });
    await expect.poll(() => reports.length, patient).toBeGreaterThan(0);
    const socket = dial();
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(data.length).toBe(96);
    expect((await ask("longpoll?after=0&")).status).toBe(200);
    expect((await ask("poll?after=-1&")).status).toBe(404);
    await expect.poll(() => reports.at(-1)?.counts.socket.bytesDown, patient).toBeGreaterThan(96 * 20);
    const { counts, crowd } = reports.at(-1) as RaceReport;
    expect(counts.socket).toMatchObject({ requests: 1, connections: 1 });
    expect(counts.longpoll.requests).toBe(1);
    expect(counts.poll.requests).toBe(0);
    expect(crowd).toBeUndefined();
    tell({ type: "reset" });
    await expect.poll(() => reports.at(-1)?.era, patient).toBe(1);
    expect(reports.at(-1)?.counts.longpoll).toMatchObject({ requests: 0, bytesUp: 0, bytesDown: 0 });
    tell({ type: "end" });
    expect((await once(socket, "close"))[0]).toBe(1000);
    expect((await ask("poll?after=0&")).status).toBe(404);
  });

  it("paused, nothing is made; what is held stays held until the page goes", async () => {
    const { tell, ask, control, reports } = await openRace();
    tell({ type: "run", settings });
    tell({ type: "pause" });
    await expect.poll(() => reports.length, patient).toBeGreaterThan(1);
    const made = (await (await ask("poll?after=0&")).json()) as unknown[];
    const answer = ask(`longpoll?after=${made.length}&`);
    await expect.poll(() => reports.at(-1)?.counts.longpoll.requests, patient).toBe(1);
    control.close();
    expect(await (await answer).json()).toEqual([]);
  });

  it("V-18 what a page asks for again and again is counted as its own, and it goes when it had its share", async () => {
    let page: LabPage | undefined;
    const visit = await visitLab("race", (site) => {
      const part = racePart(site);
      return {
        ...part,
        answer: (request) => {
          ({ page } = request);
          return part.answer?.(request) ?? false;
        },
      };
    });
    const ask = (): Promise<Response> => fetch(`http://${visit.origin}/lab/api/race/poll?after=0&page=${visit.page}`);
    visit.tell({ type: "run", settings });
    await visit.hear<RaceReport>(({ type }) => type === "report");
    await expect.poll(async () => (await (await ask()).text()).length, patient).toBeGreaterThan(96);
    visit.tell({ type: "pause" });
    const bytes = (await (await ask()).text()).length;
    // All but what one more answer takes.
    const spend = vi.spyOn(page as LabPage, "spend");
    await ask();
    expect(spend).toHaveBeenCalledWith(bytes);
    page?.spend(pageLimits.bytes - 3 * bytes);
    const statuses = new Set<number>();
    await expect.poll(async () => statuses.add((await ask()).status).has(403), patient).toBe(true);
    expect(page?.signal.aborted).toBe(true);
  });

  it("takes a few held requests of one page and no more", async () => {
    const { tell, ask, reports } = await openRace();
    tell({ type: "run", settings });
    tell({ type: "pause" });
    await expect.poll(() => reports.length, patient).toBeGreaterThan(1);
    const held = Array.from({ length: 8 }, () => ask("longpoll?after=1000&"));
    await expect.poll(() => reports.at(-1)?.counts.longpoll.requests, patient).toBe(8);
    expect((await ask("longpoll?after=1000&")).status).toBe(404);
    tell({ type: "end" });
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
  });

  it("who asks for a crowd again and again gets the next one when the last has ended", async () => {
    const endings: (() => void)[] = [];
    const clients: number[] = [];
    let opened = 0;
    const visit = await visitLab("race", (site) =>
      racePart(site, () => {
        opened += 1;
        return {
          set: (asked) => void clients.push(asked.clients),
          report: () => undefined,
          close: () => new Promise((resolve) => endings.push(resolve)),
        };
      }),
    );
    for (const count of [100, 0, 1_000, 0, 10_000])
      visit.tell({ type: "run", settings: { ...settings, clients: count } });
    await expect.poll(() => endings.length, patient).toBe(1);
    visit.tell({ type: "reset" });
    await visit.hear<RaceReport>(({ era }) => era === 1);
    expect(opened).toBe(1);
    endings[0]?.();
    await expect.poll(() => opened, patient).toBe(2);
    expect(clients).toEqual([100, 10_000]);
    visit.leave();
    await expect.poll(() => endings.length, patient).toBe(2);
    endings[1]?.();
  });
});
