// Which Host headers are served (RELIABILITY V-42). A page whose name an attacker points at 127.0.0.1 talks to local
// servers as if they were its own; only the Host header gives it away. So a server bound to a loopback address serves
// local names and those it was told about. Elsewhere any Host will do.

import { isIPv4 } from "node:net";
import { LocalError } from "../base/errors.ts";
import { parseUrl } from "../base/url.ts";

/** The names of `hosts` in the form in which they are compared. Throws LocalError LW_SERVER_HOSTS. */
export function parseHosts(hosts: readonly string[] | undefined): ReadonlySet<string> {
  if (hosts !== undefined && !Array.isArray(hosts)) {
    throw new LocalError(
      "LW_SERVER_HOSTS",
      `hosts is ${JSON.stringify(hosts)}; expected a list such as ["app.example"].`,
    );
  }
  return new Set(
    (hosts ?? []).map((entry: unknown) => {
      const name = typeof entry === "string" ? hostName(entry) : undefined;
      if (name !== undefined) return name;
      throw new LocalError(
        "LW_SERVER_HOSTS",
        `hosts contains ${JSON.stringify(entry)}; expected a host name without scheme and path, such as "app.example".`,
      );
    }),
  );
}

/** The name in a Host header, lower case, without port; undefined if it is none. IPv6 addresses keep their brackets. */
export function hostName(host: string): string | undefined {
  return /^[^\s/?#@\\]+$/.test(host) ? parseUrl(`http://${host}`)?.hostname : undefined;
}

/** Whether a server bound to `address` can only be reached from its own machine. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return address === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}

/** Whether a server bound to a loopback address serves requests for `host`. */
export function isLocalHost(host: string, hosts: ReadonlySet<string>): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  return name === "localhost" || name === "[::1]" || (isIPv4(name) && isLoopback(name)) || hosts.has(name);
}
