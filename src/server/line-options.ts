// What `createServer({ line })` takes, and the same judged and completed: where the line is, how long a session waits for its
// client, who it belongs to (wire/session-v1 §4, §6). Every option says its default here. Opens nothing.

import { LocalError } from "../base/errors.ts";
import { LINE_PATH } from "../session/packet.ts";
import { defaultSettings, type SessionSettings } from "../session/settings.ts";
import { type DedupeLimits, defaultDedupe } from "./dedupe-window.ts";
import { checkNames } from "./option-names.ts";
import { normalPath } from "./route-pattern.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** How sessions are kept: the option `line` of createServer(). */
export interface LineOptions<User> {
  /** The base path of its addresses; five of them below it are claimed. Default: "/longwire". */
  readonly path?: string | undefined;
  /** How long a session without a transport is kept, in ms. Default: 120,000. */
  readonly windowMs?: number | undefined;
  /** Bytes kept per session and direction until they are acknowledged, each message charged 128 more. Default: 1 MiB. */
  readonly retainBytes?: number | undefined;
  /** After how much silence a transport is asked whether it is alive, in ms, ± 10 %. Default: 20,000. */
  readonly heartbeatMs?: number | undefined;
  /** Lets pages of the foreign `origins` send cookies with HTTP transports (CORS credentials). Default: false. */
  readonly credentials?: boolean | undefined;
  /** How long what was handled of a client's durable outbox is remembered after its last use, in ms. Default: 600,000. */
  readonly outboxWindowMs?: number | undefined;
  /** How many outboxes are remembered; the one that was used longest ago goes first. Default: 10,000. */
  readonly maxOutboxes?: number | undefined;
  /** And of one principal, or of one address where there are no principals. Default: 100. */
  readonly maxOutboxesPerPrincipal?: number | undefined;
  /**
   * Whom a session belongs to: who resumes it must have the same. Default: the user itself if it is a string or a number,
   * or its `id`; otherwise the session belongs to whoever holds its ticket.
   */
  readonly principal?: ((user: User, request: UpgradeRequest) => string | number | undefined) | undefined;
  /** For how many seconds what `authenticate` said is good; the client renews it before. Default: for ever. */
  readonly expiresIn?: ((user: User, request: UpgradeRequest) => number | undefined) | undefined;
}

export interface LineSettings {
  /** As requests have it: encoded, without a slash at its end. */
  readonly path: string;
  readonly credentials: boolean;
  readonly session: SessionSettings;
  readonly outbox: DedupeLimits;
  principal(user: unknown, request: UpgradeRequest): string | undefined;
  /** Seconds; 0: for ever. */
  expiresIn(user: unknown, request: UpgradeRequest): number;
}

const names = [
  "path",
  "windowMs",
  "retainBytes",
  "heartbeatMs",
  "credentials",
  "outboxWindowMs",
  "maxOutboxes",
  "maxOutboxesPerPrincipal",
  "principal",
  "expiresIn",
] as const satisfies readonly (keyof LineOptions<unknown>)[];

/** The settings for `choice`; undefined when the line is switched off. Throws LocalError for what cannot be used. */
export function resolveLine(choice: boolean | LineOptions<never> | undefined): LineSettings | undefined {
  if (choice === false) return undefined;
  const options: LineOptions<never> = choice === undefined || choice === true ? {} : choice;
  if (typeof options !== "object" || options === null) throw invalid("line", options, "an object of options, or false");
  checkNames("line", options, names);
  for (const name of ["principal", "expiresIn"] as const) {
    const hook = options[name];
    if (hook !== undefined && typeof hook !== "function") throw invalid(name, hook, "a function");
  }
  if (options.credentials !== undefined && typeof options.credentials !== "boolean") {
    throw invalid("credentials", options.credentials, "true or false");
  }
  const ask = options as unknown as LineOptions<unknown>;
  return {
    path: linePath(options.path),
    credentials: options.credentials ?? false,
    session: {
      ...defaultSettings,
      windowMs: atLeast("windowMs", options.windowMs, 0, defaultSettings.windowMs),
      retainBytes: atLeast("retainBytes", options.retainBytes, 1024, defaultSettings.retainBytes),
      heartbeatMs: atLeast("heartbeatMs", options.heartbeatMs, 100, defaultSettings.heartbeatMs),
    },
    outbox: {
      outboxWindowMs: atLeast("outboxWindowMs", options.outboxWindowMs, 0, defaultDedupe.outboxWindowMs),
      maxOutboxes: atLeast("maxOutboxes", options.maxOutboxes, 1, defaultDedupe.maxOutboxes),
      maxOutboxesPerPrincipal: atLeast(
        "maxOutboxesPerPrincipal",
        options.maxOutboxesPerPrincipal,
        1,
        defaultDedupe.maxOutboxesPerPrincipal,
      ),
    },
    principal: (user, request) => principalOf(ask.principal === undefined ? idOf(user) : ask.principal(user, request)),
    expiresIn: (user, request) => secondsOf(ask.expiresIn?.(user, request)),
  };
}

function linePath(path: string | undefined): string {
  if (path === undefined) return LINE_PATH;
  if (typeof path === "string" && path.startsWith("/")) {
    const normal = normalPath(path).replace(/\/+$/, "");
    if (normal !== "") return normal;
  }
  throw invalid("path", path, 'a path that begins with "/" and is not the root, such as "/longwire"');
}

function atLeast(name: string, value: number | undefined, least: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  throw invalid(name, value, `a finite number ≥ ${String(least)}`);
}

/** What most users have: an id of their own, or they are one. */
function idOf(user: unknown): unknown {
  return typeof user === "object" && user !== null && "id" in user ? user.id : user;
}

/** "1" and 1 are different people in some databases and the same in others: what was given decides. */
function principalOf(id: unknown): string | undefined {
  if (typeof id === "string") return `s${id}`;
  return typeof id === "number" || typeof id === "bigint" ? `n${String(id)}` : undefined;
}

function secondsOf(seconds: number | undefined): number {
  if (seconds === undefined || seconds === Infinity) return 0;
  if (typeof seconds !== "number" || Number.isNaN(seconds)) {
    throw new LocalError(
      "LW_SERVER_LINE_EXPIRY",
      `line.expiresIn returned ${String(seconds)}; expected seconds from now, or undefined for ever.`,
    );
  }
  // A time that is over already is over at once, not never.
  return Math.max(1, Math.floor(seconds));
}

function invalid(name: string, value: unknown, expected: string): LocalError {
  return new LocalError(
    "LW_SERVER_OPTION_INVALID",
    `line${name === "line" ? "" : `.${name}`} is ${JSON.stringify(value) ?? typeof value}; expected ${expected}.`,
  );
}
