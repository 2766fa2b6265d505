// The reference pages say what the code says: tables that repeat a table are written from it, and every error code that the
// sources can produce is explained, no other.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { closeCodesTable, limitComment, limitsTable, replaceTable } from "../../scripts/reference.mjs";
import { referencePages } from "../../scripts/reference/pages.mjs";
import { closeCodes } from "../../src/base/close-codes.ts";
import { limitTable } from "../../src/base/limits.ts";
import { hookNames } from "../../src/server/hooks.ts";
import { Metrics, type Gauges } from "../../src/server/metrics.ts";
import { proxyConfiguration } from "../interop/proxy/proxy-process.ts";
import { filesIn, root, sourcesIn } from "../support/source-scan.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

const nothing: Gauges = {
  connections: 0,
  pendingHandshakes: 0,
  topics: 0,
  bufferedBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
  budgetBytes: 0,
  draining: false,
};

describe("generated tables", () => {
  const tables = [
    { page: "docs/reference/limits.md", source: "src/base/limits.ts", table: limitsTable(limitTable) },
    { page: "docs/reference/close-codes.md", source: "src/base/close-codes.ts", table: closeCodesTable(closeCodes) },
  ];

  test.each(tables)("$page is as node scripts/reference.mjs writes it", ({ page, source, table }) => {
    const text = read(page);
    expect(text).toBe(replaceTable(text, source, table));
  });

  test("the comment at each limit says what the table says", () => {
    const source = read("src/base/limits.ts");
    const unsaid = Object.entries(limitTable).filter(
      ([name, row]) => !source.includes(`\n  /** ${limitComment(row)} */\n  ${name}: number;`),
    );
    expect(unsaid.map(([name, row]) => [name, limitComment(row)])).toEqual([]);
  });

  test("a table that has changed is noticed", () => {
    const [{ page, source, table } = { page: "", source: "", table: "" }] = tables;
    expect(replaceTable(read(page), source, table.replace("1 MiB", "2 MiB"))).not.toBe(read(page));
  });
});

// Reads dist/, as `npm run build` leaves it.
describe("pages of the entries", () => {
  const pages = referencePages(root);
  const { exports: entries } = JSON.parse(read("package.json")) as { exports: Record<string, unknown> };

  test.each([...pages])("%s is as node scripts/reference.mjs writes it", (page, text) => {
    expect(read(page)).toBe(text);
  });

  test("there is one for each entry, and none for others", () => {
    const written = filesIn("docs/reference/api", [".md"]).map((file) => file.replace(/^.*\/(.*)\.md$/, "./$1"));
    const named = Object.keys(entries).filter((name) => name !== "./package.json");
    expect(written).toEqual(named.toSorted());
  });

  test("everything that is exported has its sentence, and so has each option and each method", () => {
    const exported = [...pages].flatMap(([page, text]) =>
      (text.split("\n## Types without an export\n")[0] ?? "")
        .split(/^## /m)
        .slice(1)
        .map((section) => ({ place: `${page}: ${section.slice(0, section.indexOf("\n"))}`, section })),
    );
    expect(exported.length).toBeGreaterThan(150);
    // A fence at once: nothing stands between the name and the declaration.
    expect(exported.filter(({ section }) => /^.*\n\n```/.test(section)).map(({ place }) => place)).toEqual([]);
    const silent = exported.flatMap(({ place, section }) => {
      const isOptions = place.endsWith("Options");
      return [...section.matchAll(/^- (?!`constructor|`\[Symbol)(`+)(.*)\1$/gm)]
        .map(([, , signature = ""]) => signature)
        .filter((signature) => isOptions || /^(?!get )(?:static )?[\w<> ]+\(/.test(signature))
        .map((signature) => `${place}: ${signature}`);
    });
    expect(silent).toEqual([]);
    const optional = exported
      .filter(({ place }) => place.endsWith("Options"))
      .flatMap(({ place, section }) =>
        [...section.matchAll(/^- `(?:readonly )?\w+\?.*$/gm)].map(([line]) => `${place}: ${line}`),
      );
    expect(optional.length).toBeGreaterThan(50);
    expect(optional.filter((line) => !/`: .*\bdefault\b/i.test(line))).toEqual([]);
  });

  test("what is written is what the index files export, with its members and its comments", () => {
    const server = pages.get("docs/reference/api/server.md") ?? "";
    expect(server).toContain("## createServer\n\nA server without routes and listeners yet.");
    // A member of a class of the entry's own, one of a class behind it, and a hook of an interface that nobody can import.
    for (const member of ["publish(topic: string, ", "drained(): Promise<void>", "movable?: boolean"]) {
      expect(server).toMatch(new RegExp(`^- \`[^\`]*${member.replaceAll(/[?().]/g, "\\$&")}[^\`]*\`: [A-Z]`, "m"));
    }
    // What the house calls is nobody else's business.
    expect(server).not.toMatch(/^- `(receiveMessage|deliver|#)/m);
  });
});

describe("pages that explain the house", () => {
  const floors = readdirSync(join(root, "src"));

  test("every floor has its row in the table of the architecture", () => {
    const page = read("docs/explain/architecture.md");
    expect(floors.filter((floor) => !page.includes(`\n| \`${floor}\` | `))).toEqual([]);
  });

  test("a source file that a page names is there", () => {
    const name = new RegExp(`\\b(?:src/)?((?:${floors.join("|")})/[\\w/-]+\\.ts)\\b`, "g");
    const named = filesIn("docs/explain", [".md"]).flatMap((page) =>
      [...read(page).matchAll(name)].map(([, file = ""]) => ({ page, file })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ file }) => !existsSync(join(root, "src", file)))).toEqual([]);
  });
});

test.each(["nginx", "haproxy"] as const)("the guide shows %s as test/interop runs it", (name) => {
  const shown = `\`\`\`${name}\n${proxyConfiguration(name).trimEnd()}\n\`\`\``;
  expect(read("docs/guides/behind-a-proxy.md")).toContain(shown);
});

describe("pages that list what there is", () => {
  /** The names that an interface of the sources declares. */
  const membersOf = (file: string, name: string): string[] => {
    const [, body = ""] = new RegExp(`export interface ${name}\\b[^{]*\\{([^]*?)\\n\\}`).exec(read(file)) ?? [];
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = ""]) => member);
  };
  /** The values that an entry exports, types left out. */
  const valuesOf = (file: string): string[] =>
    [...read(file).matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
      list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !name.startsWith("type ")),
    );
  const lists = [
    {
      page: "docs/reference/server.md",
      names: [
        ...membersOf("src/server/options.ts", "ServerOptions"),
        ...membersOf("src/server/line-options.ts", "LineOptions"),
        ...hookNames,
        ...valuesOf("src/server/index.ts"),
      ],
    },
    {
      page: "docs/reference/websocket.md",
      names: [...membersOf("src/socket/websocket.ts", "WebSocketOptions"), ...valuesOf("src/socket/index.ts")],
    },
    { page: "docs/reference/protocol.md", names: valuesOf("src/protocol/index.ts") },
    {
      page: "docs/guides/deploying.md",
      names: [
        ...[...new Metrics().format(nothing).matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name),
        ...[...read("src/server/diagnostics.ts").matchAll(/channel\("([\w:]+)"\)/g)].map(([, name = ""]) => name),
      ],
    },
  ];

  test.each(lists)("$page leaves none out", ({ page, names }) => {
    const text = read(page);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
    expect(names.length).toBeGreaterThan(10);
  });

  test("the table of metrics has none that does not exist", () => {
    const [metrics = []] = lists.slice(-1).map(({ names }) => names);
    const written = [...read("docs/guides/deploying.md").matchAll(/^\| `(longwire_\w+)/gm)].map(([, name]) => name);
    expect(written.filter((name) => !metrics.includes(name ?? ""))).toEqual([]);
  });
});

describe("error codes", () => {
  const codePattern = /\bLW_[A-Z]+_[A-Z0-9_]+\b/g;
  const page = read("docs/reference/errors.md");
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")).trim(), section] as const),
  );
  const inCode = new Set(
    sourcesIn("src").flatMap(({ tokens }) =>
      tokens
        .filter(({ kind }) => kind === "string" || kind === "template")
        .flatMap(({ text }) => text.match(codePattern) ?? []),
    ),
  );

  test("every code of the sources has its paragraph, and every paragraph its code", () => {
    expect([...sections.keys()].toSorted()).toEqual([...inCode].toSorted());
    expect(inCode.size).toBeGreaterThan(50);
  });

  test.each([...sections])("%s: what happened, likely causes, what to do", (_code, section) => {
    expect(section).toMatch(/\n\n[^]{20,}\*\*Causes:\*\*\s[^]{10,}\*\*Remedy:\*\*\s[^]{4,}/);
  });

  test("a code that a page, a comment or an example names exists", () => {
    const texts = [
      ...["docs", "examples"].flatMap((folder) => filesIn(folder, [".md", ".ts"])),
      ...filesIn("src", [".ts"]),
      "README.md",
    ];
    const unknown = texts.flatMap((file) =>
      (read(file).match(codePattern) ?? []).filter((code) => !inCode.has(code)).map((code) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });
});
