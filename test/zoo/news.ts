// What the runner and the two programs of the zoo tell each other. No order is answered out of turn.
import type { Plan, Received } from "./conversation.ts";

export type ServerOrder =
  | { readonly kind: "plan"; readonly name: string; readonly plan: Plan }
  | { readonly kind: "report"; readonly name: string };

export type ServerNews =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "received"; readonly name: string; readonly distinct: number }
  | { readonly kind: "report"; readonly name: string; readonly received: Received };

export type ClientOrder =
  | { readonly kind: "begin"; readonly name: string; readonly port: number; readonly plan: Plan }
  /** The talk is over as well. */
  | { readonly kind: "report"; readonly name: string };

export type ClientNews =
  | { readonly kind: "ready" }
  | { readonly kind: "first"; readonly name: string; readonly tookMs: number; readonly transport: string }
  | { readonly kind: "received"; readonly name: string; readonly distinct: number }
  | {
      readonly kind: "report";
      readonly name: string;
      readonly received: Received;
      readonly ends: readonly string[];
      readonly transport: string;
    };
