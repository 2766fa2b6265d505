import { expect, it } from "vitest";
import type { ServerSocket } from "../../../src/server/peer.ts";
import { Residents, type Waiting } from "../../../src/server/residents.ts";
import { settled } from "../../support/fake-clock.ts";

const socket = (): ServerSocket => ({}) as unknown as ServerSocket;

it("emptied() waits for those inside, not for those who wait for a hook", async () => {
  const residents = new Residents();
  await residents.emptied();
  const [first, second] = [socket(), socket()];
  residents.sockets.add(first).add(second);
  residents.waiting.add({ turnAway() {} });
  let emptied = false;
  void residents.emptied().then(() => void (emptied = true));
  residents.delete(first);
  await settled();
  expect(emptied).toBe(false);
  residents.delete(second);
  await settled();
  expect(emptied).toBe(true);
});

it("everybody who waits is turned away, also when that ends the waiting", () => {
  const residents = new Residents();
  const turned: Waiting[] = [];
  for (let index = 0; index < 3; index++) {
    const waiting: Waiting = {
      turnAway() {
        residents.waiting.delete(waiting);
        turned.push(waiting);
      },
    };
    residents.waiting.add(waiting);
  }
  residents.turnAwayWaiting();
  expect([turned.length, residents.waiting.size]).toEqual([3, 0]);
});
