// What `npm run zoo` prints and, with --report, writes down: which versions were asked, what each did behind each proxy.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { haproxy, nginx } from "../support/tools.ts";
import { root } from "../support/source-scan.ts";
import type { PeerName } from "./peers/peer.ts";
import type { Animal } from "./proxies.ts";
import type { First, Outcome } from "./trial.ts";

/** One connection, from its constructor on. */
export interface Start {
  readonly first: First | undefined;
  /** Until the first message, as the client made them. */
  readonly requests: number;
  readonly connections: number;
}

export interface Cell {
  readonly animal: Animal;
  readonly peer: PeerName;
  readonly starts: readonly Start[];
  readonly outcome: (Outcome & { readonly messages: number; readonly requests: number }) | undefined;
}

const titles: Readonly<Record<PeerName, string>> = {
  longwire: "Longwire `WebSocket`",
  line: "Longwire `Line`",
  "socket-io": "Socket.IO",
  sockjs: "SockJS",
};

/** The start in the middle, by its time; one without a message is the slowest. */
function median(starts: readonly Start[]): Start {
  const time = ({ first }: Start): number => first?.tookMs ?? Infinity;
  return starts.toSorted((a, b) => time(a) - time(b))[starts.length >> 1] as Start;
}

/** Proxy and library, then what a row of the table says. */
function rowOf({ animal, peer, starts, outcome }: Cell): readonly string[] {
  const { first, requests, connections } = median(starts);
  const begun = [
    first === undefined ? "none" : `${String(Math.round(first.tookMs))} ms`,
    String(requests),
    String(connections),
    first?.transport ?? "",
  ];
  if (outcome === undefined) return [animal.name, titles[peer], ...begun];
  const { messages, up, down, ends } = outcome;
  const sum = (name: "doubled" | "late"): string => String(up[name] + down[name]);
  return [
    animal.name,
    titles[peer],
    ...begun,
    `${String(messages - up.distinct)} up, ${String(messages - down.distinct)} down`,
    sum("doubled"),
    sum("late"),
    ends.length === 0 ? "0" : `${String(ends.length)} (${[...new Set(ends)].join(", ")})`,
    String(outcome.requests),
    outcome.transport,
  ];
}

export function printCell(cell: Cell): void {
  process.stdout.write(`${rowOf(cell).join(" | ")}\n`);
}

export function writeReport(file: string, cells: readonly Cell[]): void {
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const names = [...new Set(cells.map(({ animal }) => animal.name))];
  const kinds = new Map(cells.map(({ animal }) => [animal.name, animal.what]));
  const columns = [
    "Proxy",
    "Client",
    "First message",
    "Requests",
    "Connections",
    "Over",
    "Lost",
    "Doubled",
    "Late",
    "Ends seen",
    "Requests in all",
    "At the end over",
  ];
  const table = (rows: readonly (readonly string[])[]): string[] => rows.map((row) => `| ${row.join(" | ")} |`);
  const lines = [
    "# Proxies that misbehave",
    "",
    `Written by \`npm run zoo -- --report ${file}\`; not to be edited. The proxies are in \`test/zoo/proxies.ts\`, most of them the`,
    "fault proxy of [longwire/testing](reference/testing.md).",
    "",
    ...table([
      ["", ""],
      ["---", "---"],
      ["Commit", `\`${commit}\``],
      ["Node, Longwire", `${process.version}, ${versionOf("package.json")}`],
      ["Socket.IO, its client", `${installed("socket.io")}, ${installed("socket.io-client")}`],
      ["SockJS, its client", `${installed("sockjs")}, ${installed("sockjs-client")}`],
      ["nginx, haproxy", `${programVersion(nginx)}, ${programVersion(haproxy)}`],
    ]),
    "",
    ...prose,
    "",
    ...table([["Proxy", "What it does"], ["---", "---"], ...names.map((name) => [name, kinds.get(name) ?? ""])]),
    "",
    ...names.flatMap((name) => [
      `## ${name}`,
      "",
      ...table([
        columns.slice(1),
        columns.slice(1).map(() => "---"),
        ...cells.filter(({ animal }) => animal.name === name).map((cell) => rowOf(cell).slice(1)),
      ]),
      "",
    ]),
  ];
  writeFileSync(join(root, file), `${lines.join("\n").trimEnd()}\n`);
}

const prose: readonly string[] = [
  "Each library has its default options, on the server and in the client. A server and a client run in processes of their own, in",
  "Node, on one machine; the time is from the constructor to the first message that the application hears, the median of five, each",
  "at an address that is new to the client, in programs that have done the same once before. Then, in new programs, both sides",
  "send numbers, ten a second, 200 each way where the proxy's line below says nothing else.",
  "*Lost* is what the other application never heard, *late* what came after a higher number, *ends seen* how often the client's",
  "application was told that its connection is gone.",
  "",
  "What an application has to add differs. Longwire's does nothing. Socket.IO's client connects again by itself and sends what was",
  "emitted meanwhile, its server drops what is emitted to a client that is away. SockJS's client does not connect again: here the",
  "application makes a new one a second after each close, and what falls due in between is lost.",
  "",
  "Not in the table: behind the proxy that repeats every POST and passes on the second answer a session of Longwire begins and goes",
  "on, but one that is cut is not taken up again, because the second copy of a RESUME is refused. And a WebSocket that lived less",
  "than a minute twice is left alone for five, so that Longwire leaves it where each is cut after 30 s. Why WebSocket is tried",
  "first, and what that costs where it is blocked: [decision 16](decisions/0016-websocket-first.md).",
];

function versionOf(path: string): string {
  const { version } = JSON.parse(readFileSync(join(root, path), "utf8")) as { version: string };
  return version;
}

function installed(name: string): string {
  return versionOf(`node_modules/${name}/package.json`);
}

function programVersion(program: string | undefined): string {
  if (program === undefined) return "not here";
  // nginx tells its version on standard error.
  const output = execFileSync("/bin/sh", ["-c", '"$0" -v 2>&1', program], { encoding: "utf8" });
  return /\d+\.\d+\.\d+/.exec(output)?.[0] ?? "unknown";
}
