// The examination from the name to the close, one question after the other, each with what the earlier ones have shown. It
// only looks; what the facts mean is diagnosis.ts. Stops where the next question makes no sense, or somebody presses Ctrl-C.

import { parseWebSocketUrl, type WebSocketUrl } from "../../protocol/index.ts";
import { redactHeader, redactUrl } from "../redaction.ts";
import { lookUp, reach } from "./address.ts";
import type { CloseFacts, Facts, HeaderLine, LineFacts, RoundTripFacts, UpgradeFacts } from "./facts.ts";
import { type Handshake, type HandshakeRequest, shakeHands } from "./handshake.ts";
import { Inquiry, type Site } from "./http-request.ts";
import { idleOnStream, idleOnWebSocket } from "./idle.ts";
import { probeMessageSize } from "./message-size.ts";
import { Interrupted, type Patience } from "./patience.ts";
import { LineSite } from "./session-talk.ts";
import { Talk } from "./talk.ts";
import { examineTls, speaksTls } from "./tls.ts";
import { askWhoIsThere, type PollFacts, probeHeld, tryPolling, tryStream, tryWebSocket } from "./transports.ts";

export type Step =
  | "name"
  | "tcp"
  | "tls"
  | "upgrade"
  | "ping"
  | "echo"
  | "close"
  | "compression"
  | "line"
  | "websocket"
  | "stream"
  | "longpoll"
  | "poll"
  | "idle"
  | "message size";

export interface ExaminationOptions {
  readonly url: string;
  readonly headers: readonly HeaderLine[];
  readonly protocols: readonly string[];
  readonly insecure: boolean;
  /** Send messages and expect them back. */
  readonly echo: boolean;
  /** Where a Longwire server has its line. */
  readonly linePath: string;
  /** Undefined: not asked for. */
  readonly idleMs: number | undefined;
  readonly maxMessageBytes: number | undefined;
  /** Takes secrets out of a text. */
  readonly scrub: (text: string) => string;
}

/** Hears when a step begins and when it is over. */
export interface Onlooker {
  begin(step: Step): void;
  end(step: Step, facts: Facts): void;
}

const pingCount = 5;
/** So many long pings at once, so often: what tears bytes apart shows in the pongs. */
const burstPings = 8;
const burstCount = 4;
const lastChanceMs = 1_500;
const deflateOffer = "permessage-deflate; client_max_window_bits";
/** How long a server holds a request that polls: less than it takes to be cut for silence, nearly everywhere. */
const pollSeconds = 5;
const shownBody = 300;

/** Never rejects for what it meets; `facts.interrupted` tells that it was ended early. */
export async function examine(options: ExaminationOptions, patience: Patience, onlooker: Onlooker): Promise<Facts> {
  const facts: Facts = { url: redactUrl(options.url) };
  try {
    await new Examination(options, patience, onlooker, facts).run();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    facts.interrupted = true;
  } finally {
    patience.closeAll();
  }
  return facts;
}

class Examination {
  readonly #options: ExaminationOptions;
  readonly #patience: Patience;
  readonly #onlooker: Onlooker;
  readonly #facts: Facts;
  readonly #url: WebSocketUrl;
  readonly #request: HandshakeRequest;
  readonly #site: Site;

  constructor(options: ExaminationOptions, patience: Patience, onlooker: Onlooker, facts: Facts) {
    this.#options = options;
    this.#patience = patience;
    this.#onlooker = onlooker;
    this.#facts = facts;
    const { headers, protocols, insecure } = options;
    this.#url = parseWebSocketUrl(options.url);
    const { url } = { url: this.#url };
    this.#request = { url, insecure, protocols, headers };
    this.#site = { secure: url.secure, hostname: url.hostname, port: url.port, authority: url.authority, insecure };
  }

  async run(): Promise<void> {
    const facts = this.#facts;
    if (!(await this.#reach())) return;
    if (this.#url.secure && !(await this.#secure())) return;
    const talk = await this.#upgrade();
    if (talk === undefined) {
      if (facts.upgrade?.speaks !== undefined) return;
    } else {
      await this.#converse(talk);
      await this.#compress();
    }
    await this.#line();
    if (talk === undefined && facts.upgrade?.status !== undefined) await this.#askPlainly();
    await this.#wait(talk !== undefined);
    if (talk !== undefined) await this.#measure();
  }

  async #step<Value>(step: Step, look: () => Promise<Value>): Promise<Value> {
    this.#onlooker.begin(step);
    const value = await look();
    this.#onlooker.end(step, this.#facts);
    return value;
  }

  async #reach(): Promise<boolean> {
    const { hostname, port } = this.#url;
    const facts = this.#facts;
    const lookup = await this.#step("name", async () => (facts.lookup = await lookUp(hostname, this.#patience)));
    if (lookup.addresses.length === 0) return false;
    const tcp = await this.#step("tcp", async () => (facts.tcp = await reach(lookup.addresses, port, this.#patience)));
    return tcp.some(({ ms }) => ms !== undefined);
  }

  /** Whether it may go on: what is sent from here on must not reach a stranger. */
  async #secure(): Promise<boolean> {
    const { hostname, port } = this.#url;
    const tls = await this.#step("tls", async () => {
      return (this.#facts.tls = await examineTls({ hostname, port }, this.#patience, Date.now));
    });
    return tls.fault === undefined && tls.takesHttp1 && (tls.isTrusted === true || this.#options.insecure);
  }

  #upgrade(): Promise<Talk | undefined> {
    return this.#step("upgrade", async () => {
      const handshake = await shakeHands(this.#request, this.#patience);
      const upgrade = upgradeFacts(handshake, this.#options.scrub);
      this.#facts.upgrade = upgrade;
      if (handshake.agreement !== undefined) return new Talk(handshake, this.#patience);
      handshake.contact.close();
      // Servers that speak TLS end what is not, many without a word: ask them in their language.
      if (upgrade.status === undefined && upgrade.speaks === undefined && !this.#url.secure) {
        const { hostname, port } = this.#url;
        if (await speaksTls({ hostname, port }, this.#patience)) this.#facts.upgrade = { ...upgrade, speaks: "tls" };
      }
      return undefined;
    });
  }

  async #converse(talk: Talk): Promise<void> {
    const facts = this.#facts;
    try {
      await this.#step("ping", async () => {
        facts.ping = await repeat(pingCount, () => talk.ping());
        for (let round = 0; round < burstCount && facts.ping.answered === pingCount; round++) {
          if (!(await talk.burst(burstPings))) break;
        }
        const { pieces, torn } = talk.torn;
        facts.pieces = { count: pieces, torn };
      });
      if (this.#options.echo && facts.ping?.answered !== 0) {
        await this.#step("echo", async () => {
          facts.echo = await repeat(pingCount, (round) => echoOnce(talk, round, this.#patience.stepMs));
        });
      }
      await this.#step("close", async () => {
        // Who answers no ping is not likely to answer this.
        const patienceMs = facts.ping?.answered === 0 ? lastChanceMs : undefined;
        const { answeredMs, code, endedMs } = await talk.close(patienceMs);
        const close: CloseFacts = {
          ...(code === undefined ? {} : { code }),
          ...(answeredMs === undefined ? {} : { answeredMs }),
          ...(endedMs === undefined ? {} : { endedMs }),
        };
        facts.close = close;
        if (talk.violation !== undefined) facts.violation = talk.violation;
      });
    } finally {
      talk.contact.close();
    }
  }

  #compress(): Promise<void> {
    return this.#step("compression", async () => {
      const handshake = await shakeHands({ ...this.#request, extensions: deflateOffer }, this.#patience);
      const isOpen = handshake.agreement !== undefined;
      this.#facts.compression = { offered: deflateOffer, answered: handshake.extensions, isOpen };
      if (isOpen) await new Talk(handshake, this.#patience).close(1_000);
      handshake.contact.close();
    });
  }

  async #line(): Promise<void> {
    const { linePath } = this.#options;
    const patience = this.#patience;
    const site = this.#lineSite();
    const line = await this.#step("line", async () => {
      const found: LineFacts = { path: linePath, transports: {}, ...(await askWhoIsThere(site, patience)) };
      return (this.#facts.line = found);
    });
    if (!line.isLongwire) return;
    const note = (more: Partial<LineFacts>): void => {
      const known = this.#facts.line ?? line;
      this.#facts.line = { ...known, ...more, transports: { ...known.transports, ...more.transports } };
    };
    await this.#step("websocket", async () => {
      const base = new URL(linePath, this.#url.href);
      const url = parseWebSocketUrl(base);
      note({ transports: { websocket: await tryWebSocket({ ...this.#request, url }, patience) } });
    });
    await this.#step("stream", async () => {
      const probe = await probeHeld(site, patience);
      note({ probe, transports: { stream: await tryStream(site, patience) } });
    });
    const poll = (facts: PollFacts, name: "longpoll" | "poll"): void => {
      const { transport, ...more } = facts;
      note({ ...more, transports: { [name]: transport } });
    };
    await this.#step("longpoll", async () => poll(await tryPolling(site, pollSeconds, patience), "longpoll"));
    await this.#step("poll", async () => poll(await tryPolling(site, 0, patience), "poll"));
  }

  /** The same address without an upgrade: whether it is the address or the upgrade that is refused. */
  async #askPlainly(): Promise<void> {
    const inquiry = new Inquiry(this.#site, { method: "GET", path: this.#url.path, headers: this.#headers() });
    this.#patience.hold(inquiry);
    await this.#patience.until(
      () => inquiry.status !== undefined || inquiry.isOver,
      () => inquiry.changed(),
    );
    inquiry.close();
    const { status, fault } = inquiry;
    this.#facts.plain = {
      headers: redactAll(inquiry.headers),
      ...(status === undefined ? {} : { status }),
      ...(status !== undefined || fault === undefined ? {} : { fault }),
    };
  }

  async #wait(isOpen: boolean): Promise<void> {
    const { idleMs } = this.#options;
    const hasStream = this.#facts.line?.transports.stream?.works === true;
    if (idleMs === undefined || (!isOpen && !hasStream)) return;
    await this.#step("idle", async () => {
      const idle = isOpen
        ? await idleOnWebSocket(this.#request, idleMs, this.#patience)
        : await idleOnStream(this.#lineSite(), idleMs, this.#patience);
      if (idle !== undefined) this.#facts.idle = idle;
    });
  }

  #lineSite(): LineSite {
    return new LineSite(this.#site, this.#options.linePath, this.#headers(), this.#patience);
  }

  /** What goes with each request: a user in the address is who asks there as well. */
  #headers(): readonly HeaderLine[] {
    const { headers } = this.#options;
    const { authorization } = this.#url;
    const isGiven = headers.some(([name]) => name.toLowerCase() === "authorization");
    return authorization === undefined || isGiven ? headers : [...headers, ["Authorization", authorization]];
  }

  async #measure(): Promise<void> {
    const { maxMessageBytes } = this.#options;
    if (maxMessageBytes === undefined) return;
    await this.#step("message size", async () => {
      const found = await probeMessageSize(this.#request, maxMessageBytes, this.#patience);
      if (found !== undefined) this.#facts.maxMessage = found;
    });
  }
}

async function repeat(times: number, ask: (round: number) => Promise<number | undefined>): Promise<RoundTripFacts> {
  const took: number[] = [];
  let sent = 0;
  for (let round = 0; round < times; round++) {
    sent++;
    const ms = await ask(round);
    // One that was not answered in its time stands for the rest.
    if (ms === undefined) break;
    took.push(ms);
  }
  const sorted = took.toSorted((one, other) => one - other);
  const [leastMs] = sorted;
  const medianMs = sorted[Math.floor(sorted.length / 2)];
  return {
    sent,
    answered: took.length,
    ...(leastMs === undefined ? {} : { leastMs }),
    ...(medianMs === undefined ? {} : { medianMs }),
  };
}

async function echoOnce(talk: Talk, round: number, ms: number): Promise<number | undefined> {
  const text = `longwire doctor echo ${round}`;
  const sentAt = performance.now();
  talk.send(text);
  for (;;) {
    const leftMs = ms - (performance.now() - sentAt);
    const message = leftMs > 0 ? await talk.next(leftMs) : undefined;
    if (message === undefined) return undefined;
    if (message === text) return performance.now() - sentAt;
  }
}

function redactAll(headers: readonly HeaderLine[]): HeaderLine[] {
  return headers.map(([name, value]) => [name, redactHeader(name, value)]);
}

function upgradeFacts(handshake: Handshake, scrub: (text: string) => string): UpgradeFacts {
  const { answeredMs, request, head, fault, agreement, extensions, rest, contact } = handshake;
  const speaks = head === undefined ? languageOf(contact.first) : undefined;
  return {
    ...(answeredMs === undefined ? {} : { ms: answeredMs }),
    request: request.map(redactLine),
    ...(head === undefined ? {} : { status: head.status, statusText: head.statusText }),
    headers: redactAll(head?.headers ?? []),
    ...(head === undefined || agreement !== undefined || rest.length === 0
      ? {}
      : { body: scrub(Buffer.from(rest).toString("utf8")).slice(0, shownBody) }),
    isOpen: agreement !== undefined,
    ...(agreement === undefined ? {} : { protocol: agreement.protocol, extensions }),
    ...(fault === undefined ? {} : { fault }),
    ...(speaks === undefined ? {} : { speaks }),
  };
}

function redactLine(line: string): string {
  const [, name, value] = /^([^\s:]+): (.*)$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) return `${name}: ${redactHeader(name, value)}`;
  const [method = "", target = "", version = ""] = line.split(" ");
  return `${method} ${redactUrl(target)} ${version}`;
}

/** What begins like this and not like HTTP/1.1. */
function languageOf(first: Uint8Array | undefined): UpgradeFacts["speaks"] {
  if (first === undefined) return undefined;
  // An alert or a handshake record of TLS 1.x; a SETTINGS frame of HTTP/2.
  if ((first[0] === 0x15 || first[0] === 0x16) && first[1] === 3) return "tls";
  if (first[0] === 0 && first[1] === 0 && first[3] === 4) return "http/2";
  return Buffer.from(first.subarray(0, 5)).toString("latin1") === "HTTP/" ? undefined : "other";
}
