// The examination as lines for people: a step each, then what was found and what helps. Everything that comes from outside
// is escaped here (RELIABILITY V-56), and what is secret is taken out of it (V-50). Decides nothing.

import { escapeLine } from "../escape.ts";
import { jsonLine, type Paint, type Style } from "../terminal.ts";
import type { Bystander } from "./bystanders.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Step } from "./examination.ts";
import type { Facts, HeaderLine, RoundTripFacts, TransportFacts } from "./facts.ts";
import type { Finding, Severity } from "./finding.ts";
import { explainHeader } from "./header-lore.ts";
import type { Remedy } from "./remedies.ts";

export interface Pen {
  readonly paint: Paint;
  /** Takes secrets out of a text. */
  readonly scrub: (text: string) => string;
}

type Mark = "good" | "bad" | "none";

interface Told {
  readonly mark: Mark;
  readonly text: string;
  readonly details?: readonly string[];
}

const marks: Readonly<Record<Mark, readonly [sign: string, style: Style]>> = {
  good: ["ok", "green"],
  bad: ["!!", "red"],
  none: ["--", "dim"],
};

/** The lines about a step that is over. */
export function describeStep(step: Step, facts: Facts, pen: Pen): string[] {
  const { mark, text, details = [] } = tell(step, facts);
  const [sign, style] = marks[mark];
  const clean = cleaner(pen);
  return [
    `${pen.paint(style, sign)} ${step.padEnd(12)} ${clean(text)}`,
    ...details.map((line) => pen.paint("dim", `     ${clean(line)}`)),
  ];
}

/** What makes a text fit to be shown: no secrets, and nothing that moves a cursor. */
function cleaner(pen: Pen): (text: string) => string {
  return (text) => escapeLine(pen.scrub(text));
}

function tell(step: Step, facts: Facts): Told {
  switch (step) {
    case "name":
      return tellName(facts);
    case "tcp":
      return tellTcp(facts);
    case "tls":
      return tellTls(facts);
    case "upgrade":
      return tellUpgrade(facts);
    case "ping":
      return tellRoundTrip(facts.ping, "pings", "pong");
    case "echo":
      return tellRoundTrip(facts.echo, "messages", "the message came back");
    case "close":
      return tellClose(facts);
    case "compression":
      return tellCompression(facts);
    case "line":
      return tellLine(facts);
    case "websocket":
    case "stream":
    case "longpoll":
    case "poll":
      return tellTransport(facts.line?.transports[step]);
    case "idle":
      return tellIdle(facts);
    case "message size":
      return tellSize(facts);
  }
}

function tellName({ lookup }: Facts): Told {
  if (lookup === undefined) return nothing;
  if (lookup.fault !== undefined) return { mark: "bad", text: lookup.fault };
  return { mark: "good", text: `${lookup.addresses.join(", ")}${lookup.ms > 0 ? ` in ${formatMs(lookup.ms)}` : ""}` };
}

function tellTcp({ tcp = [] }: Facts): Told {
  const reached = tcp.filter(({ ms }) => ms !== undefined);
  const text = tcp
    .map(({ address, ms, fault }) => `${address} ${ms === undefined ? (fault ?? "") : `in ${formatMs(ms)}`}`)
    .join("; ");
  return { mark: reached.length > 0 ? "good" : "bad", text: reached.length > 0 ? `connected: ${text}` : text };
}

function tellTls({ tls }: Facts): Told {
  if (tls === undefined) return nothing;
  if (tls.fault !== undefined) return { mark: "bad", text: tls.fault };
  const isGood = tls.isTrusted === true && tls.matchesName === true && tls.takesHttp1;
  const trust = tls.isTrusted === true ? "trusted" : `not trusted (${tls.distrust ?? ""})`;
  return {
    mark: isGood ? "good" : "bad",
    text: `${tls.version ?? ""} in ${formatMs(tls.ms ?? 0)}, certificate ${trust}, ${tls.daysLeft ?? 0} days left`,
    details: [
      `versions taken: ${tls.versions.join(", ")}; cipher ${tls.cipher ?? ""}`,
      `ALPN, offered h2 and http/1.1: ${tls.alpn === "" ? "nothing chosen" : (tls.alpn ?? "")}`,
      ...tls.certificates.map(
        ({ subject, issuer, validTo }) => `certificate ${subject}, by ${issuer}, until ${validTo}`,
      ),
    ],
  };
}

function tellUpgrade({ upgrade }: Facts): Told {
  if (upgrade === undefined) return nothing;
  const { status, statusText = "", ms, isOpen, fault, request, headers, body } = upgrade;
  const answer = status === undefined ? (fault?.message ?? "not answered") : `${status} ${statusText}`.trim();
  const requestLines = request.map((line) => {
    const [, name = "", value = ""] = /^([^\s:]+): (.*)$/.exec(line) ?? [];
    return name === "" ? `> ${line}` : explained(">", [name, value]);
  });
  return {
    mark: isOpen ? "good" : "bad",
    text: `${answer}${ms === undefined ? "" : ` in ${formatMs(ms)}`}`,
    details: [
      ...requestLines,
      ...(status === undefined ? [] : [`< ${answer}`]),
      ...headers.map((header) => explained("<", header)),
      ...(body === undefined ? [] : [`< ${body}`]),
    ],
  };
}

function explained(arrow: string, [name, value]: HeaderLine): string {
  const why = explainHeader(name);
  const line = `${arrow} ${name}: ${value}`;
  return why === undefined ? line : `${line.padEnd(56)} ${why}`;
}

function tellRoundTrip(facts: RoundTripFacts | undefined, what: string, answer: string): Told {
  if (facts === undefined) return nothing;
  const { sent, answered, medianMs, leastMs } = facts;
  if (medianMs === undefined || leastMs === undefined) return { mark: "bad", text: "not answered" };
  const text = `${answer} after ${formatMs(medianMs)} (${answered} of ${sent} ${what}, the fastest ${formatMs(leastMs)})`;
  return { mark: answered === sent ? "good" : "bad", text };
}

function tellClose({ close }: Facts): Told {
  if (close?.answeredMs === undefined) return { mark: "bad", text: "our Close was not answered" };
  const tcp = close.endedMs === undefined ? "TCP was left open" : `TCP ended ${formatMs(close.endedMs)} later`;
  return {
    mark: close.endedMs === undefined ? "bad" : "good",
    text: `answered with ${close.code ?? "no code"} in ${formatMs(close.answeredMs)}, ${tcp}`,
  };
}

function tellCompression({ compression }: Facts): Told {
  if (compression === undefined) return nothing;
  const { offered, answered, isOpen } = compression;
  if (!isOpen) return { mark: "bad", text: `a handshake that offers ${offered} does not open` };
  return {
    mark: "good",
    text: answered === "" ? `${offered} was offered, and not taken up` : `agreed on: ${answered}`,
  };
}

function tellLine({ line }: Facts): Told {
  if (line === undefined) return nothing;
  const why = line.status === undefined ? (line.fault ?? "no answer") : `answered ${line.status}`;
  return line.isLongwire
    ? { mark: "good", text: `a Longwire server answers at ${line.path}` }
    : { mark: "none", text: `no Longwire server at ${line.path} (${why}): no transports to try` };
}

function tellTransport(transport: TransportFacts | undefined): Told {
  if (transport === undefined) return nothing;
  const { works, openMs, roundTripMs, fault, isRefused } = transport;
  const opened = openMs === undefined ? "" : `opened in ${formatMs(openMs)}`;
  if (works) return { mark: "good", text: `${opened}, a round trip takes ${formatMs(roundTripMs ?? 0)}` };
  if (isRefused === true)
    return { mark: "none", text: `gets through; the server does not let this client in (${fault ?? ""})` };
  return { mark: "bad", text: [opened, fault ?? "does not work"].filter((part) => part !== "").join("; ") };
}

function tellIdle({ idle }: Facts): Told {
  if (idle === undefined) return { mark: "bad", text: "no connection to leave alone" };
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const [first] = idle.serverPingsMs;
  const pings = first === undefined ? "the server does not ping" : `the server pings, first after ${seconds(first)}`;
  const text =
    idle.quietEndedMs === undefined
      ? `alive after ${seconds(idle.waitedMs)} of silence; ${pings}`
      : `ended after ${seconds(idle.quietEndedMs)} of silence; ${pings}; one that was kept busy ${
          idle.busyEndedMs === undefined ? "lives" : `ended after ${seconds(idle.busyEndedMs)}`
        }`;
  return { mark: idle.quietEndedMs === undefined ? "good" : "bad", text };
}

function tellSize({ maxMessage }: Facts): Told {
  if (maxMessage === undefined) return { mark: "bad", text: "could not be found out" };
  const { takenBytes, refusedBytes, code } = maxMessage;
  if (refusedBytes === undefined) return { mark: "good", text: `${takenBytes} bytes are taken; more was not tried` };
  const how = code === undefined ? "the connection ends" : `close ${code}`;
  return { mark: "good", text: `${takenBytes} bytes are taken, ${refusedBytes} not (${how})` };
}

const nothing: Told = { mark: "none", text: "" };

const severities: Readonly<Record<Severity, Style>> = { error: "red", warning: "yellow", note: "cyan" };

/** The end of the report. */
export function describeDiagnosis({ findings, bystanders }: Diagnosis, facts: Facts, pen: Pen): string[] {
  const { paint } = pen;
  const clean = cleaner(pen);
  const lines: string[] = [""];
  if (facts.interrupted === true)
    lines.push(paint("yellow", "Ended early: what follows is what was seen until then."), "");
  if (findings.length === 0) {
    lines.push(facts.interrupted === true ? "Nothing wrong so far." : paint("green", "Nothing is wrong."));
  }
  for (const { id, severity, text, remedy } of findings) {
    // Broken before it is coloured: colours have no width.
    const [first = "", ...others] = wrap(`${severity} ${id}: ${clean(text)}`);
    const painted = `${paint(severities[severity], severity)} ${paint("bold", id)}`;
    lines.push(`${painted}${first.slice(severity.length + 1 + id.length)}`, ...others.map((line) => `  ${line}`));
    lines.push(...wrap(`To do: ${clean(remedy.text)}`).map((line) => `  ${line}`));
    lines.push(...configuration(remedy, bystanders).map((line) => `  ${line}`), "");
  }
  if (bystanders.length > 0) {
    const seen = bystanders.map(({ name, evidence }) => `${name} (${evidence})`).join(", ");
    lines.push(`In between, or in front: ${clean(seen)}`);
  }
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

const mostColumns = 100;

/** `text` in lines that are not too long to read; a word that is, is not broken. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > mostColumns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The lines for the proxy that was recognised; for both when none was. */
function configuration(remedy: Remedy, bystanders: readonly Bystander[]): string[] {
  const isNginx = bystanders.some(({ name }) => name === "nginx");
  const blocks: [string, readonly string[]][] = [];
  if (remedy.nginx !== undefined) blocks.push(["nginx", remedy.nginx]);
  if (remedy.haproxy !== undefined && !isNginx) blocks.push(["haproxy", remedy.haproxy]);
  return blocks.flatMap(([name, lines]) => [`${name}:`, ...lines.map((line) => `    ${line}`)]);
}

/** The report for programs; its shape is described in docs/reference/cli.md. */
export function jsonReport({ findings, bystanders }: Diagnosis, facts: Facts, pen: Pick<Pen, "scrub">): string {
  const plain = findings.map(({ id, severity, text, remedy }: Finding) => ({ id, severity, text, remedy }));
  const report = { doctor: 1, ...facts, findings: plain, bystanders };
  return jsonLine(report, (_name, value) => {
    if (typeof value === "string") return pen.scrub(value);
    return typeof value === "number" && !Number.isInteger(value) ? Math.round(value * 10) / 10 : value;
  });
}

function formatMs(ms: number): string {
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}
