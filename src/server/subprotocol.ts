// Which of the subprotocols a client offers is used: the first of its list that the route knows, or what the route's
// chooser says. A choice that was not offered is never sent (RELIABILITY P-09). Decides about names; their form was judged
// with the handshake.

import { LocalError } from "../base/errors.ts";
import { isToken } from "../protocol/handshake/header-lists.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import type { ProtocolChooser } from "./hooks.ts";
import * as refusals from "./refusals.ts";
import type { Reports } from "./reports.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** Throws LocalError LW_SERVER_PROTOCOLS for what no client could offer. */
export function checkProtocols(protocols: unknown): void {
  if (protocols === undefined || typeof protocols === "function") return;
  if (!Array.isArray(protocols)) {
    throw new LocalError(
      "LW_SERVER_PROTOCOLS",
      'protocols must be a list such as ["chat.v1"], or a function that chooses.',
    );
  }
  for (const name of protocols) {
    if (typeof name === "string" && isToken(name)) continue;
    throw new LocalError(
      "LW_SERVER_PROTOCOLS",
      `protocols contains ${JSON.stringify(name)}, which no client can offer. Expected letters, digits and !#$%&'*+-.^_\`|~.`,
    );
  }
}

/** `unoffered`: the chooser named one that the client did not offer. Throws what the chooser throws. */
export function chooseProtocol(
  known: readonly string[] | ProtocolChooser | undefined,
  request: UpgradeRequest,
): { readonly protocol: string | undefined } | "unoffered" {
  const { protocols: offered } = request;
  if (known === undefined) return { protocol: undefined };
  if (typeof known !== "function") return { protocol: offered.find((name) => known.includes(name)) };
  const protocol: unknown = known(offered, request);
  if (protocol === undefined) return { protocol };
  return typeof protocol === "string" && offered.includes(protocol) ? { protocol } : "unoffered";
}

/** What the route's choice comes to, for a connection and for a channel; what is wrong with it is reported. */
export function settleProtocol(
  route: {
    readonly pattern: string;
    readonly hooks: { readonly protocols?: readonly string[] | ProtocolChooser | undefined };
  },
  request: UpgradeRequest,
  reports: Pick<Reports, "threw" | "unofferedProtocol">,
): { readonly protocol: string | undefined } | Refusal {
  try {
    const choice = chooseProtocol(route.hooks.protocols, request);
    if (choice !== "unoffered") return choice;
  } catch (error) {
    reports.threw(`protocols of route ${route.pattern}`, error);
    return refusals.hookFailed;
  }
  reports.unofferedProtocol(route.pattern);
  return refusals.protocolUnoffered;
}
