import { expect, test } from "vitest";
import { AuthInPlace } from "../../../src/session/auth-in-place.ts";

const admission = (principal: string | undefined) => ({ principal, origin: undefined, expiresSeconds: 60 });

test("V-52 a repeat gets the first one's answer and asks nothing", () => {
  const auth = new AuthInPlace();
  expect(auth.receive(1)).toBe("ask");
  expect(auth.receive(1)).toBe("wait");
  const answer = auth.complete(1, admission("p"), "p");
  expect(answer).toMatchObject({ id: 1, status: 0, expiresSeconds: 60 });
  expect(auth.receive(1)).toBe(answer);
});

test("V-52 another principal is refused with 4403, and a refusal is passed on", () => {
  const auth = new AuthInPlace();
  auth.receive(1);
  expect(auth.complete(1, admission("q"), "p")).toMatchObject({ status: 4403, expiresSeconds: 0 });
  auth.receive(2);
  expect(auth.complete(2, 4401, "p")).toMatchObject({ id: 2, status: 4401, expiresSeconds: 0 });
});

test("an answer that a newer AUTH has overtaken is dropped, and an older AUTH asks nothing", () => {
  const auth = new AuthInPlace();
  auth.receive(1);
  expect(auth.receive(2)).toBe("ask");
  expect(auth.complete(1, admission("p"), "p")).toBeUndefined();
  expect(auth.receive(1)).toBe("wait");
});
