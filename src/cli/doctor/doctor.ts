// `longwire doctor`: why a WebSocket does not work, or costs too much. Runs the examination, shows how it goes, ends with the
// diagnosis; the exit code says how bad it is. Ctrl-C ends it with what is known until then.

import { createHandshakeKey, formatDialRequest, parseWebSocketUrl, systemRandom } from "../../protocol/index.ts";
import { errorMessage, UsageFailure } from "../failure.ts";
import { watchStopSignals } from "../stop-signals.ts";
import { makeScrubber } from "../redaction.ts";
import { painter, type Terminal, writeLine } from "../terminal.ts";
import type { HeaderPair } from "../arguments.ts";
import { diagnose, exitCodeOf } from "./diagnosis.ts";
import { examine, type ExaminationOptions, type Onlooker, type Step } from "./examination.ts";
import type { Facts } from "./facts.ts";
import { Patience } from "./patience.ts";
import { describeDiagnosis, describeStep, jsonReport, type Pen } from "./report.ts";

export interface DoctorOptions {
  readonly url: string;
  readonly protocol: readonly string[];
  readonly header: readonly HeaderPair[];
  readonly insecure?: boolean;
  readonly echo?: boolean;
  readonly line: string;
  /** Seconds for one step. */
  readonly timeout: number;
  /** Seconds. */
  readonly idle?: number;
  readonly maxMessage?: number;
  readonly json?: boolean;
}

/** Everything together, beside what was asked for to take long. */
const steps = 20;
/** The longest that a probe of message sizes may take. */
const measureMs = 120_000;

export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  refuseUnspeakable(options);
  const { url, header: headers, protocol: protocols, echo = false, insecure = false, line: linePath, json } = options;
  const stepMs = options.timeout * 1000;
  const idleMs = options.idle === undefined ? undefined : options.idle * 1000;
  const maxMessageBytes = options.maxMessage;
  const offered = protocols.length === 0 ? [] : [["Sec-WebSocket-Protocol", protocols.join(", ")] as const];
  const scrub = makeScrubber(url, [...headers, ...offered]);
  const examination: ExaminationOptions = {
    url,
    headers,
    protocols,
    echo,
    insecure,
    linePath,
    idleMs,
    maxMessageBytes,
    scrub,
  };

  const over = new AbortController();
  const allMs = steps * stepMs + (idleMs ?? 0) + (maxMessageBytes === undefined ? 0 : measureMs);
  const timer = setTimeout(() => over.abort(), allMs);
  const unwatch = watchStopSignals({ stop: () => over.abort(), force: () => process.exit(1) });
  const pen: Pen = { paint: painter(terminal.stdout, terminal.env), scrub };
  const progress = new Progress(terminal, json === true ? undefined : pen, options.idle);
  try {
    const facts = await examine(examination, new Patience(stepMs, over.signal), progress);
    progress.clear();
    const diagnosis = diagnose(facts);
    if (json === true) writeLine(terminal.stdout, jsonReport(diagnosis, facts, pen));
    else for (const text of describeDiagnosis(diagnosis, facts, pen)) writeLine(terminal.stdout, text);
    return exitCodeOf(diagnosis, facts);
  } finally {
    clearTimeout(timer);
    unwatch();
  }
}

/** A header or subprotocol that no handshake may have is a mistake of the command line: nobody is asked anything. */
function refuseUnspeakable({ url, protocol: protocols, header: headers }: DoctorOptions): void {
  try {
    const key = createHandshakeKey(systemRandom);
    formatDialRequest({ url: parseWebSocketUrl(url), key, protocols, headers });
  } catch (error) {
    throw new UsageFailure(errorMessage(error));
  }
}

const cleared = "\r\u001b[K";

/** Each step's lines when it is over; on a terminal also its name while it goes on. */
class Progress implements Onlooker {
  readonly #terminal: Terminal;
  readonly #pen: Pen | undefined;
  readonly #isLive: boolean;
  readonly #idleSeconds: number | undefined;

  constructor(terminal: Terminal, pen: Pen | undefined, idleSeconds: number | undefined) {
    this.#terminal = terminal;
    this.#pen = pen;
    this.#idleSeconds = idleSeconds;
    this.#isLive = terminal.stderr.isTTY === true && terminal.env["TERM"] !== "dumb";
  }

  begin(step: Step): void {
    const howLong = step === "idle" ? `, up to ${this.#idleSeconds ?? 0} s; Ctrl-C ends it` : "";
    if (this.#isLive) this.#terminal.stderr.write(`${cleared}.. ${step}${howLong}`);
  }

  clear(): void {
    if (this.#isLive) this.#terminal.stderr.write(cleared);
  }

  end(step: Step, facts: Facts): void {
    this.clear();
    if (this.#pen === undefined) return;
    for (const line of describeStep(step, facts, this.#pen)) writeLine(this.#terminal.stdout, line);
  }
}
