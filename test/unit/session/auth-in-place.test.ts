import { expect, test } from "vitest";
import { AuthInPlace } from "../../../src/session/auth-in-place.ts";

const token = Uint8Array.of(7);
const admission = (principal: string | undefined) => ({ principal, origin: undefined, expiresSeconds: 60 });

test("V-52 a repeat gets the first one's answer and asks nothing", () => {
  const auth = new AuthInPlace();
  expect(auth.receive(1, token)).toBe("ask");
  expect(auth.receive(1, token)).toBe("wait");
  const { packet: answer } = auth.complete(1, admission("p"), "p");
  expect(answer).toMatchObject({ id: 1, status: 0, expiresSeconds: 60 });
  expect(auth.receive(1, token)).toBe(answer);
});

test("V-52 another principal is refused with 4403, and a refusal is passed on", () => {
  const auth = new AuthInPlace();
  auth.receive(1, token);
  expect(auth.complete(1, admission("q"), "p").packet).toMatchObject({ status: 4403, expiresSeconds: 0 });
  auth.receive(2, token);
  expect(auth.complete(2, 4401, "p").packet).toMatchObject({ id: 2, status: 4401, expiresSeconds: 0 });
});

test("an answer that a newer AUTH has overtaken is dropped, and an older AUTH asks nothing", () => {
  const auth = new AuthInPlace();
  auth.receive(1, token);
  expect(auth.receive(2, token)).toBe("wait");
  expect(auth.complete(1, admission("p"), "p")).toEqual({ packet: undefined, next: { id: 2, token } });
  expect(auth.receive(1, token)).toBe("wait");
  expect(auth.complete(2, admission("p"), "p").packet).toMatchObject({ id: 2, status: 0 });
});

test("V-24 I-12 of a thousand AUTHs one is asked about, then the latest, whose token was copied", () => {
  const auth = new AuthInPlace();
  const asked = Array.from({ length: 1_000 }, (_, index) => auth.receive(index + 1, token.subarray()));
  expect(asked.filter((answer) => answer === "ask")).toHaveLength(1);
  const { next } = auth.complete(1, 4401, undefined);
  expect(next).toEqual({ id: 1_000, token });
  expect(next?.token.buffer).not.toBe(token.buffer);
  expect(auth.complete(1_000, admission(undefined), undefined)).toMatchObject({ packet: { id: 1_000, status: 0 } });
  expect(auth.receive(1_001, token)).toBe("ask");
});
