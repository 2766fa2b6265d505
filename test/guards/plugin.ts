// The vitest plugin that switches one guard off: LONGWIRE_GUARD is its index in the table. Without it, it does nothing.

import { guards } from "./guards.ts";
import { switchOff } from "./guard.ts";

interface TransformPlugin {
  name: string;
  enforce: "pre";
  transform(code: string, id: string): string | undefined;
}

export function guardPlugins(): TransformPlugin[] {
  const index = process.env["LONGWIRE_GUARD"];
  if (index === undefined) return [];
  const guard = guards[Number(index)];
  if (guard === undefined) throw new Error(`There is no guard ${index}.`);
  return [
    {
      name: "longwire-guard",
      enforce: "pre",
      transform: (code, id) => (id.endsWith(`/src/${guard.file}`) ? switchOff(guard, code) : undefined),
    },
  ];
}
