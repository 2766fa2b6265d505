// Who may come to an inspector at all, before anybody asks for its token (RELIABILITY V-42): by default requests from this machine,
// for a name of this machine, that no proxy has passed on. A page whose name was pointed at 127.0.0.1 is told by its Host; what a
// proxy of this machine lets in from elsewhere, by what proxies write. Judges headers and addresses; knows no token.

import { isLocalHost, isLoopback } from "../server/host.ts";

export interface GateRules {
  /** Let requests from other machines, and those that came through a proxy, in as well. */
  readonly remote: boolean;
  /** Names served besides localhost, 127.0.0.0/8 and [::1]. */
  readonly hosts: readonly string[];
}

export interface Visitor {
  /** Of the socket, not what a proxy says. */
  readonly remoteAddress: string | undefined;
  readonly host: string | undefined;
  /** Node's flat list. */
  readonly rawHeaders: readonly string[];
}

/** Why somebody may not come in: a status, and a sentence for people. */
export interface Objection {
  readonly status: 403 | 421;
  readonly message: string;
}

/** What proxies add to what they pass on. */
const proxyHeaders = /^(?:forwarded|x-forwarded-.*|x-real-ip|via)$/i;

export function judgeVisitor(visitor: Visitor, rules: GateRules): Objection | undefined {
  if (!isLocalHost(visitor.host ?? "", new Set(rules.hosts.map((name) => name.toLowerCase())))) {
    return { status: 421, message: "The inspector is not served under this name: open it as localhost or 127.0.0.1." };
  }
  if (rules.remote) return undefined;
  if (!isLoopback(visitor.remoteAddress ?? "")) {
    return { status: 403, message: "The inspector only answers the machine it runs on." };
  }
  const isPassedOn = visitor.rawHeaders.some((name, at) => at % 2 === 0 && proxyHeaders.test(name));
  if (!isPassedOn) return undefined;
  return { status: 403, message: "The inspector does not answer what comes through a proxy." };
}
