import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { Answer } from "../../../../src/transports/http/server-answer.ts";
import { httpPair, wholeOf } from "../../../support/http-pair.ts";

describe("Answer", () => {
  test("P-113 whole: its fields keep caches and proxies from touching it, and only the first end counts", async () => {
    const { message, response, answered } = await httpPair({ body: new Uint8Array(0) });
    const answer = new Answer(message, response, { vary: "Origin" }, () => 3);
    answer.end(200, Uint8Array.of(1, 2));
    answer.end(500);
    const { status, headers, body } = await wholeOf(answered);
    expect([status, body]).toEqual([200, Uint8Array.of(1, 2)]);
    expect(headers).toMatchObject({
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
      "content-type": "application/longwire",
      "content-length": "2",
      vary: "Origin",
    });
  });

  test("as it comes: begun with the first part, ended once", async () => {
    const { message, response, answered } = await httpPair({ body: new Uint8Array(0) });
    const answer = new Answer(message, response, {}, () => 3);
    expect(answer.isBegun).toBe(false);
    answer.write(Uint8Array.of(1));
    answer.write(Uint8Array.of(2));
    const first = await answered;
    const bytes: number[] = [];
    first.on("data", (chunk: Uint8Array) => bytes.push(...chunk));
    await expect.poll(() => bytes).toEqual([1, 2]);
    expect([answer.isBegun, answer.isEnded]).toEqual([true, false]);
    const ended = once(first, "end");
    answer.end(503);
    await ended;
    expect(first.statusCode).toBe(200);
  });

  test("V-18 a client that goes away is told once, and what is written afterwards harms nobody", async () => {
    const { message, response, asked } = await httpPair({ body: new Uint8Array(0) });
    const answer = new Answer(message, response, {}, () => 3);
    let count = 0;
    const gone = new Promise<void>((resolve) => answer.onGone(() => resolve(void count++)));
    asked.destroy();
    await gone;
    answer.write(Uint8Array.of(1));
    answer.end(200);
    expect([count, answer.isEnded]).toEqual([1, true]);
  });

  test("I-12 abandoned, an answer that nobody reads is not kept; one that has left is left alone", async () => {
    const unread = await httpPair({ body: new Uint8Array(0) });
    unread.asked.on("response", (message) => message.pause());
    const answer = new Answer(unread.message, unread.response, {}, () => 3);
    answer.end(200, new Uint8Array(64 * 1024 * 1024));
    answer.abandon();
    expect(unread.response.destroyed).toBe(true);

    const { message, response, answered } = await httpPair({ body: new Uint8Array(0) });
    const other = new Answer(message, response, {}, () => 3);
    other.end(200, Uint8Array.of(1));
    expect((await wholeOf(answered)).body).toEqual(Uint8Array.of(1));
    const destroyed = vi.spyOn(response, "destroy");
    other.abandon();
    expect(destroyed).not.toHaveBeenCalled();
  });

  test("V-16 whoever still sends is answered, and the connection ends with the answer", async () => {
    const { message, response, asked, answered } = await httpPair({ headers: { "content-length": "100000" } });
    asked.write(new Uint8Array(10));
    new Answer(message, response, {}, () => 3).end(413);
    const { status, headers } = await wholeOf(answered);
    expect([status, headers.connection, headers["content-length"]]).toEqual([413, "close", "0"]);
  });

  test("I-12 what the kernel has not taken is counted once", async () => {
    const { message, response, answered } = await httpPair({ body: new Uint8Array(0) });
    const answer = new Answer(message, response, {}, () => 3);
    const size = 32 * 1024 * 1024;
    answer.write(new Uint8Array(size));
    (await answered).pause();
    expect(answer.pendingBytes).toBeGreaterThan(0);
    expect(answer.pendingBytes).toBeLessThan(size + 1_024);
  });
});
