import { describe, expect, test } from "vitest";
import { type LineOptions, WebSocketLine } from "../../../src/client/line.ts";
import type { LineSocket } from "../../../src/client/line-socket.ts";
import { ClientNetwork } from "../../support/client-network.ts";

interface Bench {
  readonly network: ClientNetwork;
  readonly line: WebSocketLine;
  /** What the line has told. */
  readonly told: string[];
}

function begin(options: LineOptions = {}, network: ClientNetwork = new ClientNetwork()): Bench {
  const line = new WebSocketLine("https://a.example", options, network.surroundings, network.createDetours);
  const told: string[] = [];
  for (const type of ["suspend", "resume", "transport"]) {
    line.addEventListener(type, () => told.push(type === "transport" ? String(line.transport) : type));
  }
  return { network, line, told };
}

/** What happens to a socket, in words. */
function watch(socket: LineSocket): string[] {
  const told: string[] = [];
  socket.onopen = () => told.push("open");
  socket.onmessage = ({ data }) => told.push(String(data));
  socket.onerror = () => told.push("error");
  socket.onclose = ({ code }) => told.push(`close ${String(code)}`);
  for (const type of ["suspend", "resume"]) socket.addEventListener(type, () => told.push(type));
  return told;
}

describe("a line", () => {
  test("two URIs, two WebSockets, one connection", async () => {
    const { network, line } = begin();
    const [one, two] = [line.open("/a", ["chat.v1"]), line.open("/b")];
    const [first, second] = [watch(one), watch(two)];
    await network.clock.advanceAsync(200);
    one.send("1");
    two.send("2");
    await network.clock.advanceAsync(200);
    expect([first, second]).toEqual([
      ["open", "1"],
      ["open", "2"],
    ]);
    expect([one.url, one.protocol, two.protocol]).toEqual(["wss://a.example/a", "chat.v1", ""]);
    expect(network.dialled).toEqual([{ url: "wss://a.example/longwire", protocols: ["longwire.1"] }]);
  });

  test("F-18 I-02 a cut is no close: what is sent meanwhile arrives once, in order", async () => {
    const { network, line, told } = begin();
    const socket = line.open("/a");
    const events = watch(socket);
    await network.clock.advanceAsync(200);
    socket.send("1");
    network.cut();
    socket.send("2");
    expect(socket.readyState).toBe(1);
    await network.clock.advanceAsync(2_000);
    socket.send("3");
    await network.clock.advanceAsync(2_000);
    expect(events).toEqual(["open", "suspend", "resume", "1", "2", "3"]);
    expect(network.heard).toEqual(["1", "2", "3"]);
    expect(told).toEqual(["websocket", "suspend", "websocket", "resume"]);
  });

  test("I-15 a server that has forgotten everything closes the sockets once, and the line goes on with a new session", async () => {
    const { network, line } = begin();
    const socket = line.open("/a");
    const events = watch(socket);
    await network.clock.advanceAsync(200);
    network.restart();
    await network.clock.advanceAsync(5_000);
    expect(events).toEqual(["open", "suspend", "error", "close 1006"]);
    expect(socket.cause).toMatchObject({ code: "LW_CHANNEL_SESSION_ENDED" });
    const again = watch(line.open("/a"));
    await network.clock.advanceAsync(500);
    expect(again).toEqual(["open"]);
  });

  test("a refused URI closes by itself", async () => {
    const { network, line } = begin();
    const [refused, other] = [watch(line.open("/refused")), watch(line.open("/a"))];
    await network.clock.advanceAsync(300);
    expect([refused, other]).toEqual([["error", "close 1006"], ["open"]]);
  });

  test("a session without sockets ends after five seconds, when everything has arrived", async () => {
    const { network, line } = begin();
    const socket = line.open("/a");
    await network.clock.advanceAsync(200);
    socket.close();
    await network.clock.advanceAsync(4_000);
    expect(network.registry.sessionCount).toBe(1);
    await network.clock.advanceAsync(3_000);
    expect([network.registry.sessionCount, line.transport]).toEqual([0, undefined]);
  });

  test("closing it tells the server, ends its sockets and leaves no timer", async () => {
    const { network, line } = begin();
    const events = watch(line.open("/a"));
    await network.clock.advanceAsync(200);
    line.close();
    line.close();
    await network.clock.advanceAsync(20_000);
    expect([events.at(-1), network.registry.sessionCount, network.clock.pendingCount]).toEqual(["close 1000", 0, 0]);
    expect(() => line.open("/b")).toThrow("closed");
  });

  test("I-15 closing it closes its sockets, and is no fault of theirs: the close is clean, and the server sees it so", async () => {
    const { network, line } = begin();
    const socket = line.open("/a");
    const events = watch(socket);
    const closed: boolean[] = [];
    socket.addEventListener("close", ({ wasClean }) => closed.push(wasClean));
    await network.clock.advanceAsync(200);
    socket.send("last");
    line.close();
    await network.clock.advanceAsync(200);
    expect([events, closed, socket.cause]).toEqual([["open", "close 1000"], [true], undefined]);
    expect(network.heard).toEqual(["last"]);
  });

  test("I-15 closing it in a handler that has just sent is as clean: what was sent leaves before, and waits no more", async () => {
    const { network, line } = begin();
    const socket = line.open("/a");
    const closed: unknown[] = [];
    socket.addEventListener("close", ({ wasClean, code }) => closed.push(wasClean, code));
    socket.onopen = () => {
      socket.send("last");
      line.close();
    };
    await network.clock.advanceAsync(200);
    expect([network.heard, closed, socket.cause, socket.bufferedAmount]).toEqual([
      ["last"],
      [true, 1000],
      undefined,
      0,
    ]);
  });

  test.each([
    ["while nothing carries it", true],
    ["before what was sent has left", false],
  ])("I-15 closing it %s is not clean: the server does not hear of that", async (_when, isCut) => {
    const { network, line } = begin();
    const socket = line.open("/a");
    const closed: boolean[] = [];
    socket.addEventListener("close", ({ wasClean }) => closed.push(wasClean));
    await network.clock.advanceAsync(200);
    if (isCut) network.restart();
    else socket.send("x".repeat(900_000));
    await network.clock.advanceAsync(0);
    line.close();
    await network.clock.advanceAsync(200);
    expect([closed, socket.cause?.code]).toEqual([[false], "LW_CHANNEL_SESSION_ENDED"]);
  });

  test("F-23 a page that is put away closes its transport and keeps its session", async () => {
    const { network, line } = begin();
    const socket = line.open("/a");
    const events = watch(socket);
    await network.clock.advanceAsync(200);
    network.page.isAway = true;
    network.owner?.receiveLeft();
    socket.send("while away");
    await network.clock.advanceAsync(60_000);
    expect([events, network.tried.length]).toEqual([["open", "suspend"], 1]);
    network.page.isAway = false;
    network.owner?.receiveReturned();
    await network.clock.advanceAsync(500);
    expect(events).toEqual(["open", "suspend", "resume", "while away"]);
  });

  test("F-38 offline nothing is tried; online it is tried at once", async () => {
    const { network, line } = begin();
    watch(line.open("/a"));
    await network.clock.advanceAsync(200);
    network.page.isOnline = false;
    network.owner?.receiveOnline(false);
    network.cut();
    await network.clock.advanceAsync(100_000);
    expect(network.tried).toEqual(["websocket"]);
    network.page.isOnline = true;
    network.owner?.receiveOnline(true);
    await network.clock.advanceAsync(500);
    expect(line.transport).toBe("websocket");
  });

  test("a machine without a network still reaches itself", async () => {
    const network = new ClientNetwork();
    const line = new WebSocketLine("http://localhost:8101", {}, network.surroundings, network.createDetours);
    line.open("/a");
    await network.clock.advanceAsync(200);
    network.page.isOnline = false;
    network.owner?.receiveOnline(false);
    network.cut();
    await network.clock.advanceAsync(2_000);
    expect(line.transport).toBe("websocket");
  });

  test("a page that ends says BYE in the same turn", async () => {
    const { network, line } = begin();
    line.open("/a");
    await network.clock.advanceAsync(200);
    network.owner?.receiveEnded();
    await network.clock.advanceAsync(100);
    expect(network.registry.sessionCount).toBe(0);
  });

  test("the server that wants to be left gets no further sockets; those it has live on", async () => {
    const { network, line } = begin();
    const old = line.open("/a");
    const events = watch(old);
    await network.clock.advanceAsync(200);
    network.sessions[0]?.goAway(true, 15_000, 1_000);
    await network.clock.advanceAsync(100);
    const fresh = watch(line.open("/b"));
    await network.clock.advanceAsync(500);
    old.send("still here");
    await network.clock.advanceAsync(500);
    expect([events, fresh, network.sessions.length]).toEqual([["open", "still here"], ["open"], 2]);
  });

  test("I-20 at a drain a movable socket goes on with another process: nothing lost, nothing doubled, no close", async () => {
    const { network, line } = begin();
    const [socket, other] = [line.open("/movable"), line.open("/fixed")];
    const [events, others] = [watch(socket), watch(other)];
    const resumes: unknown[] = [];
    socket.addEventListener("resume", ({ fresh, gap }) => resumes.push([fresh, gap]));
    await network.clock.advanceAsync(200);
    socket.send("1");
    network.nextNode();
    network.sessions[0]?.goAway(true, 15_000, 1_000);
    for (let number = 2; number < 40; number++) {
      socket.send(String(number));
      await network.clock.advanceAsync(37);
    }
    await network.clock.advanceAsync(2_000);
    const numbers = Array.from({ length: 39 }, (_, index) => String(index + 1));
    expect(network.heard).toEqual(numbers);
    expect(events.filter((event) => event !== "resume")).toEqual(["open", ...numbers]);
    expect([resumes, network.sessions.length]).toEqual([[[true, false]], 2]);
    // The other one stays until its node ends it.
    network.sessions[0]?.bye(1012, "restart");
    await network.clock.advanceAsync(200);
    expect([others, socket.readyState]).toEqual([["open", "error", "close 1012"], 1]);
  });

  test("F-41 a socket whose server restarts behind a drain is told that it waits, and that it goes on, once each", async () => {
    const { network, line, told } = begin();
    const events = watch(line.open("/movable"));
    await network.clock.advanceAsync(200);
    network.nextNode();
    network.sockets = "refuse";
    network.requests = { stream: 503, longpoll: 503, poll: 503 };
    network.sessions[0]?.goAway(true, 15_000, 0);
    await network.clock.advanceAsync(5_000);
    expect([events, told]).toEqual([
      ["open", "suspend"],
      ["websocket", "suspend"],
    ]);
    expect(network.registry.sessionCount).toBe(0);
    network.sockets = "works";
    await network.clock.advanceAsync(60_000);
    expect([events, told]).toEqual([
      ["open", "suspend", "resume"],
      ["websocket", "suspend", "websocket", "resume"],
    ]);
  });

  test("I-20 a chain of drains: the next process turns it away because it drains as well, and it goes on with the one after", async () => {
    const { network, line } = begin();
    const socket = line.open("/movable");
    const events = watch(socket);
    await network.clock.advanceAsync(200);
    network.nextNode();
    network.random.fraction = () => 0.5;
    network.sessions[0]?.goAway(true, 15_000, 1_000);
    await network.clock.advanceAsync(100);
    watch(line.open("/fixed"));
    // Half a second later it leaves; what it asks of the next process is on its way when that wants to be left as well.
    await network.clock.advanceAsync(435);
    network.draining = network.registry;
    network.sessions[1]?.goAway(true, 15_000, 10_000);
    network.nextNode();
    socket.send("on the way");
    await network.clock.advanceAsync(1_000);
    expect([events, network.sessions.length]).toEqual([["open", "resume", "on the way"], 3]);
  });

  test("F-02 a server that has forgotten everything: a movable socket goes on, and says that something may be missing", async () => {
    const { network, line } = begin();
    const [socket, other] = [line.open("/movable"), line.open("/fixed")];
    const others = watch(other);
    const told: unknown[] = [];
    socket.onclose = () => told.push("close");
    socket.onmessage = ({ data }) => told.push(data);
    socket.addEventListener("resume", ({ fresh, gap }) => told.push([fresh, gap]));
    await network.clock.advanceAsync(200);
    network.restart();
    await network.clock.advanceAsync(5_000);
    socket.send("hello again");
    await network.clock.advanceAsync(500);
    expect(told).toEqual([[true, true], "hello again"]);
    expect(others.at(-1)).toBe("close 1006");
  });

  test("a server that wants to be left while a socket is still connecting: it opens, and goes on elsewhere", async () => {
    const { network, line } = begin();
    const first = watch(line.open("/movable"));
    await network.clock.advanceAsync(200);
    network.nextNode();
    network.sessions[0]?.goAway(true, 15_000, 0);
    const second = watch(line.open("/movable"));
    await network.clock.advanceAsync(2_000);
    expect([first, second]).toEqual([
      ["open", "resume"],
      ["open", "resume"],
    ]);
  });

  test("a server that lets nobody in any more, because it drains: a socket that is connecting opens elsewhere, and no other error is hidden", async () => {
    const { network, line } = begin();
    const [first, fixed] = [watch(line.open("/movable")), watch(line.open("/draining"))];
    await network.clock.advanceAsync(200);
    expect(fixed).toEqual(["error", "close 1006"]);
    network.draining = network.registry;
    network.sessions[0]?.goAway(true, 15_000, 0);
    // More than a server decides about at once: some are asked for after GOAWAY has come.
    const others = Array.from({ length: 40 }, () => watch(line.open("/fixed")));
    await network.clock.advanceAsync(20);
    network.nextNode();
    await network.clock.advanceAsync(5_000);
    expect(others.filter((events) => events.join() !== "open")).toEqual([]);
    expect([first, network.sessions.length]).toEqual([["open", "resume"], 2]);
  });

  test.each([
    ["ftp://a.example", {}, "SyntaxError"],
    ["not a url", {}, "SyntaxError"],
    ["https://a.example", { transports: ["smoke"] }, "transports names"],
    ["https://a.example", { transports: [] }, "None of the transports"],
    ["https://a.example", { maxQueuedBytes: NaN }, "maxQueuedBytes is NaN"],
    ["https://a.example", { maxQueuedBytes: "16 MiB" }, "maxQueuedBytes is 16 MiB"],
    ["https://a.example", { maxMessageBytes: -1 }, "maxMessageBytes is -1"],
  ])("%s with %j is refused, and says why", (url, options, message) => {
    const { surroundings, createDetours } = new ClientNetwork();
    const make = (): unknown => new WebSocketLine(url, options as LineOptions, surroundings, createDetours);
    if (message === "SyntaxError") expect(make).toThrow(expect.objectContaining({ name: message }));
    else expect(make).toThrow(message);
  });

  test("subprotocols that are none are refused before anything is sent", () => {
    const { network, line } = begin();
    expect(() => line.open("/a", ["a b"])).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect(() => line.open("/a", ["a", "a"])).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect(network.tried).toEqual([]);
  });
});
