// How `longwire connect` tells what happens: on a terminal for people, through a pipe as bare messages, with --json as one
// object per line. Everything a peer or the network says is escaped here, nowhere else.
import { describeCloseCode } from "../protocol/index.ts";
import { escapeBlock, escapeLine } from "./escape.ts";
import { hexDump } from "./hex-dump.ts";
import { jsonLine, type Paint } from "./terminal.ts";

export interface Opened {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly elapsedMs: number;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** What went wrong, when something did. */
  readonly fault: string | undefined;
}

export interface Transcript {
  opened(connection: Opened): void;
  received(data: string | Uint8Array): void;
  ponged(elapsedMs: number): void;
  closed(outcome: Closed): void;
  /** No connection came about. */
  failed(fault: string): void;
  /** For the person at the keyboard only. */
  noted(lines: readonly string[]): void;
}

/** Where lines go: `data` is what was asked for, `remark` is about it. */
export interface Page {
  data(line: string): void;
  remark(line: string): void;
}

/** A terminal is for reading: of longer messages it shows the beginning. */
const shownCharacters = 10_000;
const shownBytes = 1_024;

export function terminalTranscript(page: Page, paint: Paint, now: () => Date): Transcript {
  const mark = (escape: string): string => paint("magenta", escape);
  const stamp = (): string => paint("dim", formatTime(now()));
  const indent = " ".repeat(11);
  return {
    opened(connection) {
      const { protocol, extensions, elapsedMs } = connection;
      const agreed = [
        protocol === "" ? "no subprotocol" : `subprotocol ${escapeLine(protocol)}`,
        extensions === "" ? "no extensions" : `extensions ${escapeLine(extensions)}`,
      ].join(", ");
      page.remark(
        `${stamp()} ${paint("green", "Connected")} to ${connection.url} in ${formatMs(elapsedMs)}: ${agreed}.`,
      );
      page.remark(`${indent.slice(2)}/help lists the commands.`);
    },
    received(data) {
      const arrow = paint("cyan", "<");
      if (typeof data === "string") {
        const shown = data.slice(0, shownCharacters);
        const [first = "", ...others] = escapeBlock(shown, mark);
        page.data(`${stamp()} ${arrow} ${first}`);
        for (const line of others) page.data(`${indent}${line}`);
        const hidden = data.length - shown.length;
        if (hidden > 0) page.data(`${indent}${paint("dim", `and ${hidden} more characters; --json shows all`)}`);
        return;
      }
      page.data(`${stamp()} ${arrow} ${paint("yellow", `binary, ${formatCount(data.length, "byte")}`)}`);
      for (const line of hexDump(data.subarray(0, shownBytes))) page.data(`${indent}${line}`);
      const hidden = data.length - shownBytes;
      if (hidden > 0) page.data(`${indent}${paint("dim", `and ${hidden} more bytes; --json shows all`)}`);
    },
    ponged(elapsedMs) {
      page.remark(`${stamp()} ${paint("dim", `pong after ${formatMs(elapsedMs)}`)}`);
    },
    closed(outcome) {
      page.remark(`${stamp()} ${paint(outcome.wasClean ? "green" : "red", "Closed")}: ${formatClose(outcome)}`);
    },
    failed(fault) {
      page.remark(`${paint("red", "No connection")}: ${escapeLine(fault)}`);
    },
    noted(lines) {
      for (const line of lines) page.remark(paint("dim", line));
    },
  };
}

/** For pipes: one message, one line; remarks are few and go elsewhere. */
export function plainTranscript(page: Page): Transcript {
  return {
    opened() {},
    received(data) {
      if (typeof data === "string") page.data(escapeLine(data));
      else for (const line of hexDump(data)) page.data(line);
    },
    ponged(elapsedMs) {
      page.remark(`pong after ${formatMs(elapsedMs)}`);
    },
    closed(outcome) {
      if (outcome.code !== 1000 || !outcome.wasClean) page.remark(`longwire: closed: ${formatClose(outcome)}`);
    },
    failed(fault) {
      page.remark(`longwire: no connection: ${escapeLine(fault)}`);
    },
    noted() {},
  };
}

/** For programs. Binary data is base64; `at` is milliseconds since 1970. */
export function jsonTranscript(page: Page, now: () => Date): Transcript {
  const tell = (event: string, fields: Readonly<Record<string, unknown>>): void =>
    page.data(jsonLine({ event, at: now().getTime(), ...fields }));
  return {
    opened: ({ url, protocol, extensions, elapsedMs }) =>
      tell("open", { url, protocol, extensions, elapsedMs: roundMs(elapsedMs) }),
    received: (data) =>
      typeof data === "string"
        ? tell("message", { type: "text", data })
        : tell("message", { type: "binary", data: Buffer.from(data).toString("base64") }),
    ponged: (elapsedMs) => tell("pong", { elapsedMs: roundMs(elapsedMs) }),
    closed: ({ code, reason, wasClean, fault }) =>
      tell("close", { code, reason, wasClean, ...(fault === undefined ? {} : { fault }) }),
    failed: (fault) => tell("error", { fault }),
    noted() {},
  };
}

/** "1000 normal (The conversation is complete.), reason "bye"". */
export function formatClose(outcome: Closed): string {
  const { name, meaning } = describeCloseCode(outcome.code);
  const reason = outcome.reason === "" ? "" : `, reason "${escapeLine(outcome.reason)}"`;
  const clean = outcome.wasClean ? "" : ", not clean";
  const fault = outcome.fault === undefined ? "" : `. ${escapeLine(outcome.fault)}`;
  return `${outcome.code} ${name} (${meaning})${reason}${clean}${fault}`;
}

function formatTime(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function formatMs(elapsedMs: number): string {
  return `${roundMs(elapsedMs)} ms`;
}

function roundMs(elapsedMs: number): number {
  return elapsedMs < 10 ? Math.round(elapsedMs * 10) / 10 : Math.round(elapsedMs);
}

function formatCount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
