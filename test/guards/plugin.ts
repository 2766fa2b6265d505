// The vitest plugin that switches a guard off. In an ordinary run LONGWIRE_GUARD is the guard's index in the table, to look
// at one by hand; without it nothing happens. The runner chooses by itself.

import { guards } from "./guards.ts";
import { type Guard, switchOff } from "./guard.ts";

interface TransformPlugin {
  name: string;
  enforce: "pre";
  transform(code: string, id: string): string | undefined;
}

/** Switches off whichever guard `chosen` names while a module is loaded. */
export function guardPlugin(chosen: () => Guard | undefined): TransformPlugin {
  return {
    name: "longwire-guard",
    enforce: "pre",
    transform(code, id) {
      const guard = chosen();
      return guard !== undefined && id.endsWith(`/src/${guard.file}`) ? switchOff(guard, code) : undefined;
    },
  };
}

export function guardPlugins(): TransformPlugin[] {
  const index = process.env["LONGWIRE_GUARD"];
  if (index === undefined) return [];
  const guard = guards[Number(index)];
  if (guard === undefined) throw new Error(`There is no guard ${index}.`);
  return [guardPlugin(() => guard)];
}
