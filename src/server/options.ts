// What createServer takes, and the same judged and completed. Every option says its default here.

import type { Clock } from "../base/clock.ts";
import { LocalError } from "../base/errors.ts";
import { resolveLimits, type Limits } from "../base/limits.ts";
import type { Random } from "../base/random.ts";
import type { Authenticate } from "./hooks.ts";
import { parseHosts } from "./host.ts";
import { type LineOptions, type LineSettings, resolveLine } from "./line-options.ts";
import { Journal, type Log } from "./log.ts";
import { checkNames } from "./option-names.ts";
import type { PlainListener, UpgradeListener } from "./plain-request.ts";
import { parseOrigins, type OriginPolicy, type Origins } from "./origin.ts";

/** What createServer() takes. An option that does not exist throws. */
export interface ServerOptions<User> {
  /** Pages that may connect besides those of the server's own origin, e.g. `["https://app.example"]`. Default: none. */
  readonly origins?: Origins | undefined;
  /** Host names served besides the local ones while bound to a loopback address. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** Says who is asking, once per handshake; throw a Response to refuse. Default: nobody is asked. */
  readonly authenticate?: Authenticate<User> | undefined;
  /** A preset, "public" for servers open to the world, or the defaults with some of them replaced. Default: "default". */
  readonly limits?: "default" | "public" | Partial<Limits> | undefined;
  /** Believe X-Forwarded-For, -Host and -Proto of one proxy, or of so many in a row. Default: false. */
  readonly trustProxy?: boolean | number | undefined;
  /** Plain HTTP requests on `listen()` that are not Longwire's own. Default: 404. */
  readonly http?: PlainListener | undefined;
  /** WebSocket upgrades on `listen()` that are for no route of this server: true takes one over. Default: 404. */
  readonly upgrade?: UpgradeListener | undefined;
  /** Where Prometheus finds its text on `listen()`: true for `/metrics` (the default), a path, or false. */
  readonly metrics?: boolean | string | undefined;
  /** Where faults of handlers (and, with it, refusals) are written. Default: stderr, and NODE_DEBUG=longwire. */
  readonly log?: Log | undefined;
  /** Sessions that survive their transports, over WebSocket and HTTP; false for plain WebSockets only. Default: on. */
  readonly line?: boolean | LineOptions<User> | undefined;
  /** Accept frame lengths that are not in their shortest form. Default: false. */
  readonly lenientLength?: boolean | undefined;
  /** Time and randomness, for tests. Default: the system's. */
  readonly runtime?: { readonly clock?: Clock; readonly random?: Random } | undefined;
}

export interface ServerSettings {
  readonly origins: OriginPolicy;
  readonly hosts: ReadonlySet<string>;
  readonly authenticate: Authenticate<unknown> | undefined;
  readonly limits: Limits;
  readonly proxyCount: number;
  readonly http: PlainListener | undefined;
  readonly upgrade: UpgradeListener | undefined;
  readonly metricsPath: string | undefined;
  readonly journal: Journal;
  readonly line: LineSettings | undefined;
  readonly lenientLength: boolean;
}

const names = [
  "origins",
  "hosts",
  "authenticate",
  "limits",
  "trustProxy",
  "http",
  "upgrade",
  "metrics",
  "log",
  "line",
  "lenientLength",
  "runtime",
] as const satisfies readonly (keyof ServerOptions<unknown>)[];

/** Throws a LocalError that says what was expected, for the first option that cannot be used. */
export function resolveOptions<User>(options: ServerOptions<User>): ServerSettings {
  if (typeof options !== "object" || options === null) {
    throw optionError(`createServer() takes an object of options; it got ${typeof options}.`);
  }
  checkNames("createServer()", options, names);
  checkFunction("authenticate", options.authenticate);
  checkFunction("http", options.http);
  checkFunction("upgrade", options.upgrade);
  return {
    origins: parseOrigins(options.origins),
    hosts: parseHosts(options.hosts),
    authenticate: options.authenticate,
    limits: resolveLimits(options.limits),
    proxyCount: countProxies(options.trustProxy),
    http: options.http,
    upgrade: options.upgrade,
    metricsPath: resolveMetrics(options.metrics),
    journal: new Journal(options.log),
    line: resolveLine(options.line),
    lenientLength: options.lenientLength ?? false,
  };
}

/** Throws LocalError LW_SERVER_OPTION_INVALID unless `value` is a function or undefined. */
export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw optionError(`${name} must be a function; it is ${value === null ? "null" : typeof value}.`);
}

export function optionError(message: string): LocalError {
  return new LocalError("LW_SERVER_OPTION_INVALID", message);
}

function countProxies(value: boolean | number | undefined): number {
  const count = Number(value ?? false);
  if ((typeof value === "number" || typeof value === "boolean" || value === undefined) && Number.isInteger(count)) {
    if (count >= 0) return count;
  }
  throw optionError(`trustProxy is ${JSON.stringify(value)}; expected true, false or the number of proxies in front.`);
}

function resolveMetrics(value: boolean | string | undefined): string | undefined {
  if (value === undefined || value === true) return "/metrics";
  if (value === false) return undefined;
  if (typeof value === "string" && value.startsWith("/")) return value;
  throw optionError(`metrics is ${JSON.stringify(value)}; expected true, false or a path such as "/metrics".`);
}
