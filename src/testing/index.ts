// longwire/testing: time, randomness and networks that do what a test says.

export type { Clock, Timer } from "../base/clock.ts";
export type { Random } from "../base/random.ts";
export type { Conditions } from "./conditions.ts";
export { createFaultProxy, FaultProxy } from "./fault-proxy.ts";
export type { FaultProxyOptions, Faults, ProxyCounts } from "./fault-proxy.ts";
export type { HttpTricks } from "./http-tricks.ts";
export { SeededRandom } from "./seeded-random.ts";
export { SimulatedNetwork } from "./simulated-network.ts";
export type { SimulatedConnection, SimulatedNetworkOptions } from "./simulated-network.ts";
export { settled, VirtualClock } from "./virtual-clock.ts";
