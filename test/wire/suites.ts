// The suites by name, in the order in which they run.

import { abilityRules, lastRules } from "./ability-suite.ts";
import { channelRules } from "./channel-suite.ts";
import { foreignOutboxRule, outboxRules } from "./outbox-suite.ts";
import { requestRules } from "./request-suite.ts";
import { sessionRules } from "./session-suite.ts";
import type { Rule } from "./target.ts";
import { timeRules } from "./time-suite.ts";

const isOfChannels = ({ section }: Rule): boolean => section.startsWith("5");

export const suites: Readonly<Record<"session" | "channels", readonly Rule[]>> = {
  session: [...sessionRules, ...requestRules, ...abilityRules.filter((rule) => !isOfChannels(rule))],
  channels: [...channelRules, ...abilityRules.filter(isOfChannels), ...outboxRules, foreignOutboxRule],
};

/** Of the session, and waiting most of their time: they run beside one another. */
export { timeRules };

/** Of the session, and the end of the server that is tested. */
export { lastRules };
