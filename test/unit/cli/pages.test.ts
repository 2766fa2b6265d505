import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerPage, makePage, type Pages, readPages } from "../../../src/cli/pages.ts";

const strict = { "Content-Security-Policy": "default-src 'none'" };
const index = makePage(Buffer.from("<h1>hi</h1>"), "text/html; charset=utf-8");
const script = makePage(Buffer.from("run()"), "text/javascript; charset=utf-8");
const pages: Pages = new Map([
  ["/", index],
  ["/main.js", script],
]);
const ask = (target: string, method = "GET", knownTags?: string) =>
  answerPage(pages, { method, target, knownTags }, strict);

describe("answerPage", () => {
  it("answers a known path with its file, type and the strict headers", () => {
    expect(ask("/main.js")).toEqual({
      status: 200,
      headers: {
        ...strict,
        "Cache-Control": "no-cache",
        "Content-Length": "5",
        "Content-Type": "text/javascript; charset=utf-8",
        ETag: script.etag,
      },
      body: script.body,
    });
  });

  it.each(["/?x=1", "/?", "/#a", "http://127.0.0.1:8101/", "http://127.0.0.1:8101", "HTTP://h?x"])(
    "finds the page for %s",
    (target) => {
      expect(ask(target).body).toBe(index.body);
    },
  );

  it("answers HEAD with the headers of GET and no body", () => {
    expect(ask("/", "HEAD")).toEqual({ ...ask("/"), body: Buffer.alloc(0) });
    expect(ask("/none", "HEAD")).toEqual({ ...ask("/none"), body: Buffer.alloc(0) });
  });

  it.each([
    "/none",
    "//main.js",
    "/MAIN.JS",
    "/main.js/",
    "/../package.json",
    "/..%2fpackage.json",
    "/%2e%2e/package.json",
    "/./main.js",
    "/main.js%00.html",
    "/__proto__",
    "/constructor",
    "*",
    "main.js",
  ])("knows nothing at %s", (target) => {
    const answer = ask(target);
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject(strict);
    expect(answer.body.toString()).not.toContain(target);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "BREW"])("refuses %s with 405 and the methods there are", (method) => {
    const answer = ask("/", method);
    expect(answer.status).toBe(405);
    expect(answer.headers).toMatchObject({ ...strict, Allow: "GET, HEAD" });
  });

  it.each([
    [index.etag, 304],
    [`"x", W/${index.etag}`, 304],
    ["*", 304],
    ['"x"', 200],
    ["", 200],
  ])("answers a browser that knows %s with %i", (tags, status) => {
    const answer = ask("/", "GET", tags);
    expect(answer.status).toBe(status);
    expect(answer.headers["ETag"]).toBe(index.etag);
    expect(answer.body.length).toBe(status === 304 ? 0 : index.body.length);
  });

  it("sends whoever forgot the slash of a page to it, by a relative address", () => {
    const rooms: Pages = new Map([...pages, ["/lab/", index]]);
    const answer = (target: string) => answerPage(rooms, { method: "GET", target }, strict);
    expect(answer("/lab")).toMatchObject({ status: 308, headers: { ...strict, Location: "lab/" } });
    expect(answer("/lab?x=1").headers["Location"]).toBe("lab/");
    expect(answer("/lab/").body).toBe(index.body);
    expect([answer("/lab//").status, answer("//lab").status, answer("/la").status]).toEqual([404, 404, 404]);
  });

  it("gives different contents different tags", () => {
    expect(index.etag).not.toBe(script.etag);
    expect(index.etag).toMatch(/^"[\w-]{22}"$/);
  });
});

describe("readPages", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "longwire-pages-"));
    await writeFile(join(folder, "index.html"), "<p>page");
    await writeFile(join(folder, "style.css"), "p{}");
    await writeFile(join(folder, "secret.pem"), "key");
    await writeFile(join(folder, ".env"), "key");
    await mkdir(join(folder, "sub.html"));
    await symlink(join(folder, "secret.pem"), join(folder, "link.html"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("takes plain files of known type only, and index.html as /", async () => {
    expect([...(await readPages(folder)).keys()].toSorted()).toEqual(["/", "/style.css"]);
  });

  it("puts the pages of a room below its address", async () => {
    expect([...(await readPages(folder, "/lab/")).keys()].toSorted()).toEqual(["/lab/", "/lab/style.css"]);
  });

  it("says so when the pages are not there", async () => {
    await expect(readPages(join(folder, "sub.html"))).rejects.toThrow("There is no index.html");
    await expect(readPages(join(folder, "missing"))).rejects.toThrow("ENOENT");
  });
});
