// One attack: a server process, a control connection that must notice nothing (RELIABILITY I-18), the attack itself, and a
// line for the table of `npm run attack`. Asserts what holds for all: the process lives, no exception went uncaught, the
// control connection lost nothing. Milliseconds are recorded and never judged.
import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RawClient } from "../../support/raw-client.ts";
import { Control, type ControlReport } from "./control.ts";
import { type Facts, type LaunchOptions, Target } from "./target.ts";

export interface Scene {
  readonly target: Target;
  readonly control: Control;
  /** Reads on until the server closes `client`; the code of its Close, undefined without one. */
  closeCodeOf(client: RawClient): Promise<number | undefined>;
  /** Asks until `condition` holds of the facts. */
  factsOnce(condition: (facts: Facts) => boolean): Promise<Facts>;
  /** A word for the table. */
  note(text: string): void;
}

/** A line of the table. */
export interface AttackRecord {
  readonly name: string;
  readonly ms: number;
  readonly idle: readonly number[];
  readonly attack: readonly number[];
  readonly rssBefore: number;
  readonly rssPeak: number;
  readonly accountedPeak: number;
  readonly codes: string;
  readonly notes: readonly string[];
}

/** For conditions that hold soon, on however slow a machine. */
export const patient = { timeout: 20_000, interval: 10 } as const;
/** Long versions: `npm run test:full`. */
export const isFull: boolean = process.env["LONGWIRE_FULL"] === "1";

export function attack(
  name: string,
  options: LaunchOptions,
  body: (scene: Scene) => Promise<void>,
  timeoutMs = 60_000,
): void {
  test(name, () => stage(name, options, body), timeoutMs);
}

async function stage(name: string, options: LaunchOptions, body: (scene: Scene) => Promise<void>): Promise<void> {
  const target = await Target.launch(options);
  let control: Control | undefined;
  try {
    control = await Control.begin(target.port);
    const before = await target.facts("collect");
    const codes = new Map<string, number>();
    const notes: string[] = [];
    const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
    const startedAt = performance.now();
    await body({
      target,
      control,
      async closeCodeOf(client) {
        const code = await readToClose(client);
        count(String(code ?? "no Close"));
        return code;
      },
      async factsOnce(condition) {
        let facts = await target.facts();
        await expect.poll(async () => condition((facts = await target.facts())), patient).toBe(true);
        return facts;
      },
      note: (text) => void notes.push(text),
    });
    const ms = performance.now() - startedAt;
    const after = await target.facts();
    const report = await control.finish();
    record({
      name,
      ms,
      idle: report.idle,
      attack: report.attack,
      rssBefore: before.rssBytes,
      rssPeak: after.rssPeakBytes,
      accountedPeak: target.accountedMost,
      codes: describeCodes(codes, after),
      notes,
    });
    expectUndisturbed(report);
    expect(after.faults).toEqual([]);
    expect(target.isAlive).toBe(true);
  } finally {
    await control?.stop();
    await target.stop();
  }
}

function expectUndisturbed({ sent, answered, disturbed }: ControlReport): void {
  expect(disturbed, "the control connection").toBeUndefined();
  expect(answered, "answers to the control connection").toBe(sent);
}

async function readToClose(client: RawClient): Promise<number | undefined> {
  for (;;) {
    const frame = await client.nextFrame().catch(() => undefined);
    if (frame === undefined) return undefined;
    if (frame.opcode === 8) return frame.closeCode;
  }
}

function describeCodes(seen: ReadonlyMap<string, number>, { metrics }: Facts): string {
  const all = new Map(seen);
  for (const [name, value] of Object.entries(metrics)) {
    const [, status] = /^handshakes_total\{status="(\d+)"\}$/.exec(name) ?? [];
    if (status !== undefined && status !== "101") all.set(status, value);
    const [, limit] = /^limit_total\{limit="(\w+)"\}$/.exec(name) ?? [];
    if (limit !== undefined) all.set(limit, value);
  }
  return [...all].map(([code, times]) => (times === 1 ? code : `${code} × ${times.toLocaleString("en")}`)).join(", ");
}

function record(line: AttackRecord): void {
  const file = process.env["LONGWIRE_ATTACK_RECORDS"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
