// Whether what route() was given can be used: its names are known, its hooks are functions. What a route means is hooks.ts's,
// what its pattern says route-pattern.ts's.

import { hookNames } from "./hooks.ts";
import { checkNames } from "./option-names.ts";
import { checkFunction, optionError } from "./options.ts";
import { checkProtocols } from "./subprotocol.ts";

/** Throws LocalError for hooks that cannot be used at `pattern`. */
export function checkHooks(pattern: string, hooks: object): void {
  checkNames(`route("${pattern}")`, hooks, hookNames);
  const given = hooks as Readonly<Record<string, unknown>>;
  for (const name of ["authenticate", "open", "message", "ping", "pong", "drain", "close", "error"]) {
    checkFunction(`${name} of route("${pattern}")`, given[name]);
  }
  checkProtocols(given["protocols"]);
  for (const name of ["movable", "outbox"]) {
    const flag = given[name];
    if (flag === undefined || typeof flag === "boolean") continue;
    throw optionError(`${name} of route("${pattern}") must be true or false; it is ${typeof flag}.`);
  }
}
