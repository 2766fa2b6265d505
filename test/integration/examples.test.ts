// The examples do what their head comments say. They import the built package by its name, as users do.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as WsClient } from "ws";
import { runExample, runProgram, startExample, stopExamples } from "../support/example-process.ts";
import { filesIn, root } from "../support/source-scan.ts";
import { pythonWebsockets } from "../support/tools.ts";

const opened: WsClient[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
  stopExamples();
});

async function openWs(url: string, heard: string[], options: object = {}): Promise<WsClient> {
  const socket = new WsClient(url, options);
  opened.push(socket);
  socket.on("message", (data: Buffer) => heard.push(data.toString()));
  await once(socket, "open");
  return socket;
}

const soon = { timeout: 15_000, interval: 20 };

describe("examples", () => {
  it("echo-server and client talk to each other, and the server stops when told to", async () => {
    const server = await startExample("echo-server.ts");
    const client = runExample("client.ts", `${server.origin}/echo`, "one", "two");
    expect(await client.ended).toBe(0);
    expect(client.out()).toBe("got one\ngot two\nclosed: 1000 that was all\n");
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(server.out()).toContain("127.0.0.1 came\nsomebody left with 1000\n");
  });

  it("client says why it has no connection", async () => {
    const server = await startExample("echo-server.ts");
    const client = runExample("client.ts", `${server.origin}/elsewhere`, "one");
    expect(await client.ended).toBe(1);
    expect(client.err()).toContain("404");
    expect(client.out()).toContain("closed: 1006");
  });

  it("broadcast lets everybody in a room hear everybody, and nobody else", async () => {
    const server = await startExample("broadcast.ts");
    const heard: Record<"ada" | "bob" | "eve", string[]> = { ada: [], bob: [], eve: [] };
    const ada = await openWs(`${server.origin}/rooms/tea?name=Ada`, heard.ada);
    const bob = await openWs(`${server.origin}/rooms/tea?name=Bob`, heard.bob);
    await openWs(`${server.origin}/rooms/coffee?name=Eve`, heard.eve);
    await expect.poll(() => heard.ada, soon).toEqual(["Bob is here"]);
    ada.send("hello");
    await expect.poll(() => heard.bob, soon).toEqual(["Ada: hello"]);
    bob.close(1000);
    await expect.poll(() => heard.ada, soon).toEqual(["Bob is here", "Ada: hello", "Bob has left"]);
    expect(heard.eve).toEqual([]);
    ada.send(Buffer.of(1));
    expect((await once(ada, "close"))[0]).toBe(4000);
    server.child.kill("SIGINT");
    expect(await server.ended).toBe(0);
  });

  it("broadcast refuses who does not say a name", async () => {
    const server = await startExample("broadcast.ts");
    const nobody = new WsClient(`${server.origin}/rooms/tea`);
    const [error] = (await once(nobody, "error")) as [Error];
    expect(error.message).toContain("401");
  });

  it.skipIf(pythonWebsockets === undefined)("native-client talks, and says why it was refused", async () => {
    const server = await startExample("broadcast.ts");
    const program = [join("examples", "native-client.py"), `${server.origin}/rooms/tea?name=Grace`];
    const client = runProgram(pythonWebsockets ?? "", program);
    const heard: string[] = [];
    await openWs(`${server.origin}/rooms/tea?name=Ada`, heard);
    await expect.poll(() => client.out() + heard.join("\n"), soon).toMatch(/(Ada|Grace) is here/);
    client.child.stdin.write("hello\n");
    await expect.poll(() => heard.at(-1), soon).toBe("Grace: hello");
    await expect.poll(() => client.out(), soon).toContain("Grace: hello\n");
    client.child.stdin.end();
    expect(await client.ended).toBe(0);
    expect(client.out()).toContain("(closed: 1000)");
    const nobody = runProgram(pythonWebsockets ?? "", [program[0] ?? "", `${server.origin}/rooms/tea`]);
    expect(await nobody.ended).toBe(1);
    expect(nobody.out()).toBe("(refused: 401)\n");
  });

  it.skipIf(pythonWebsockets === undefined)("native-client comes back when the server does", async () => {
    const first = await startExample("echo-server.ts");
    const program = [join("examples", "native-client.py"), `${first.origin}/echo`];
    const client = runProgram(pythonWebsockets ?? "", program);
    client.child.stdin.write("one\n");
    await expect.poll(() => client.out(), soon).toBe("one\n");
    first.child.kill("SIGTERM");
    await expect.poll(() => client.out(), soon).toContain("(closed: 1001)\n");
    const second = runExample("echo-server.ts", new URL(first.origin).port);
    // The line may be asked for by the connection that is gone or by the next one; the one after it is echoed for certain.
    await expect.poll(() => second.out(), soon).toContain("came");
    client.child.stdin.write("two\n");
    await expect.poll(() => client.out(), soon).toContain("two\n");
  });

  it("with-express takes the cookie that Express has set, and what its routes publish is heard", async () => {
    const server = await startExample("with-express.ts");
    const login = await fetch(`${server.origin}/login/Ada`);
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const url = `${server.origin.replace("http", "ws")}/news`;
    const heard: string[] = [];
    await openWs(url, heard, { headers: { cookie }, origin: server.origin });
    await expect.poll(() => heard, soon).toEqual(["hello, Ada"]);
    const body = { method: "POST", headers: { "Content-Type": "text/plain" }, body: "it rains" };
    expect(await (await fetch(`${server.origin}/news`, body)).text()).toBe("heard by 1\n");
    await expect.poll(() => heard, soon).toEqual(["hello, Ada", "it rains"]);
    const [error] = (await once(new WsClient(url), "error")) as [Error];
    expect(error.message).toContain("401");
    // A page elsewhere has the same browser, and so the same cookie.
    const [foreign] = (await once(
      new WsClient(url, { headers: { cookie }, origin: "https://evil.example" }),
      "error",
    )) as [Error];
    expect(foreign.message).toContain("403");
    server.child.kill("SIGTERM");
    await expect.poll(() => opened[0]?.readyState, soon).toBe(WsClient.CLOSED);
    expect(await server.ended).toBe(0);
  });

  it("testing/auction.test passes", async () => {
    const program = ["--import", "tsx", "--test", join("examples", "testing", "auction.test.ts")];
    const sound = runProgram(process.execPath, program);
    expect([await sound.ended, sound.out()]).toEqual([0, expect.stringMatching(/^# pass 3$/m)]);
  });

  it("are short, and import the package by its name only", () => {
    const files = filesIn("examples", [".ts", ".py", ".html"]);
    expect(files.length).toBeGreaterThanOrEqual(15);
    for (const file of files) {
      const text = readFileSync(join(root, file), "utf8");
      expect(text.split("\n").length, file).toBeLessThan(100);
      expect(text, file).not.toMatch(/from "\.\.\//);
    }
  });

  it("have each a row in their README", () => {
    const readme = readFileSync(join(root, "examples/README.md"), "utf8");
    const folders = filesIn("examples", [".ts", ".py"]).map((file) => file.split("/")[1] ?? "");
    expect(folders.filter((name) => !readme.includes(`](${name}`))).toEqual([]);
  });

  it("say at their head how they are run", () => {
    for (const file of filesIn("examples", [".ts", ".py"])) {
      // Parts of another one.
      if (/\/(page|auction|wire|session|channel)\.\w+$/.test(file)) continue;
      const head = readFileSync(join(root, file), "utf8").split(/^(?!\/\/|#)/m)[0];
      expect(head, file).toContain(file);
    }
  });
});
