// The clock that users get, under the name that our tests know.
export { settled, VirtualClock as FakeClock } from "../../src/testing/virtual-clock.ts";
