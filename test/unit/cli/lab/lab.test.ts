import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Lab, openLab } from "../../../../src/cli/lab/lab.ts";
import { type LabPage, pageLimits } from "../../../../src/cli/lab/pages.ts";
import { answerJson, type LabPart, type PartMaker } from "../../../../src/cli/lab/part.ts";
import { createServer, type LongwireServer } from "../../../../src/server/index.ts";

let server: LongwireServer | undefined;
afterEach(async () => {
  await server?.close();
});

/** A lab with one part, "echo", on a port of its own. */
async function openWith(make: PartMaker): Promise<{ url: string; lab: Lab }> {
  const longwire = createServer({
    http: (request, response) => {
      if (!lab.answer(request, response)) response.writeHead(418).end();
    },
  });
  server = longwire;
  const lab = openLab(longwire, { address: () => undefined, parts: { echo: make } });
  const { port } = await longwire.listen({ host: "127.0.0.1" });
  return { url: `127.0.0.1:${port}/lab`, lab };
}

async function enter(url: string): Promise<{ control: WebSocket; page: string }> {
  const control = new WebSocket(`ws://${url}/control`);
  const [data] = (await once(control, "message")) as [Buffer];
  const { type, page } = JSON.parse(data.toString()) as { type: string; page: string };
  expect(type).toBe("page");
  return { control, page };
}

const nothing: LabPart = {};

describe("openLab", () => {
  it("answers requests of a page that is open, and of no other", async () => {
    const { url } = await openWith(() => ({
      answer: (request) => request.path === "hello" && answerJson(request, { n: request.query.get("n") }),
    }));
    const { page } = await enter(url);
    const ask = (path: string) => fetch(`http://${url}/api/${path}`);
    expect(await (await ask(`echo/hello?page=${page}&n=1`)).json()).toEqual({ n: "1" });
    expect((await ask(`echo/hello`)).status).toBe(403);
    expect((await ask(`echo/hello?page=${page}x`)).status).toBe(403);
    expect((await ask(`echo/other?page=${page}`)).status).toBe(404);
    expect((await ask(`nobody/hello?page=${page}`)).status).toBe(404);
    expect((await fetch(`http://${url}/elsewhere`)).status).toBe(418);
  });

  it("says what time it is", async () => {
    const { url } = await openWith(() => nothing);
    const { control } = await enter(url);
    control.send('{"type":"time","asked":7}');
    const [data] = (await once(control, "message")) as [Buffer];
    const { asked, now } = JSON.parse(data.toString()) as { asked: number; now: number };
    expect(asked).toBe(7);
    expect(now).toBeGreaterThan(0);
  });

  it("brings a part what its page says, and the page what its part says", async () => {
    const { url } = await openWith(() => ({
      receive: (page, message) => page.tell("echo", { heard: message }),
    }));
    const { control } = await enter(url);
    control.send('{"type":"part","part":"echo","message":[1]}');
    const [data] = (await once(control, "message")) as [Buffer];
    expect(JSON.parse(data.toString())).toEqual({ type: "part", part: "echo", message: { heard: [1] } });
  });

  it("a part's sockets belong to a page: they go with it, and without one are turned away", async () => {
    let page: LabPage | undefined;
    const { url } = await openWith((site) => {
      site.route("talk", {
        open: (socket, of) => {
          page = of;
          socket.send("welcome");
        },
      });
      return nothing;
    });
    const { control, page: id } = await enter(url);
    const socket = new WebSocket(`ws://${url}/echo/${id}/talk`);
    expect(String((await once(socket, "message"))[0])).toBe("welcome");
    expect(page?.id).toBe(id);
    control.close();
    expect((await once(socket, "close"))[0]).toBe(1001);
    const late = new WebSocket(`ws://${url}/echo/${id}/talk`);
    expect((await once(late, "close"))[0]).toBe(1008);
  });

  it("V-18 a page has so many sockets of a route, and is told why it gets no more", async () => {
    const { url } = await openWith((site) => {
      site.route("talk", { open: (socket) => void socket.send("welcome") });
      return nothing;
    });
    const { page } = await enter(url);
    for (let count = 0; count < pageLimits.socketsOfKind; count++) {
      await once(new WebSocket(`ws://${url}/echo/${page}/talk`), "message");
    }
    const [code, reason] = (await once(new WebSocket(`ws://${url}/echo/${page}/talk`), "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, "This page has enough sockets of this kind."]);
  });

  it("V-18 what a page says on a route is charged to it, and the page goes when it had its share", async () => {
    const { url } = await openWith((site) => {
      site.route("echo", {
        open: (socket, page) => {
          page.spend(pageLimits.bytes - 5);
          socket.send("welcome");
        },
        message: (socket, data) => void socket.send(data),
      });
      return nothing;
    });
    const { control, page } = await enter(url);
    const socket = new WebSocket(`ws://${url}/echo/${page}/echo`);
    await once(socket, "message");
    socket.send("hello");
    expect(String((await once(socket, "message"))[0])).toBe("hello");
    const closed = once(control, "close");
    socket.send("!");
    expect((await closed)[0]).toBe(4003);
  });

  it("V-18 the pages of one address are counted together", async () => {
    const { url } = await openWith(() => nothing);
    for (let count = 0; count < pageLimits.pagesOfAddress; count++) await enter(url);
    const [code] = (await once(new WebSocket(`ws://${url}/control`), "close")) as [number];
    expect(code).toBe(4001);
  });

  it("at the end every page goes and every part is closed", async () => {
    let isClosed = false;
    let page: LabPage | undefined;
    const { url, lab } = await openWith(() => ({
      receive: (of) => {
        page = of;
        of.tell("echo", "here");
      },
      close: () => {
        isClosed = true;
      },
    }));
    const { control } = await enter(url);
    control.send('{"type":"part","part":"echo"}');
    await once(control, "message");
    await lab.close();
    expect(isClosed).toBe(true);
    expect(page?.signal.aborted).toBe(true);
  });
});
