// The half of “The break” on the server, when the machine has nothing left to give.
import { expect, test } from "vitest";
import { breakPart } from "../../../../../src/cli/lab/break/part.ts";
import { openBackstage } from "../../../../../src/cli/lab/passage/backstage.ts";
import { visitLab } from "../../../../support/lab-visit.ts";

const begin = { type: "begin", run: 1, settings: { rate: 5, latencyMs: 0 }, isAnswered: false };

test("a machine without free descriptors is full for this page, and serves it later", async () => {
  let isExhausted = true;
  const visit = await visitLab("break", () =>
    breakPart((options) => (isExhausted ? Promise.reject(new Error("listen EMFILE")) : openBackstage(options))),
  );
  visit.tell(begin);
  await visit.hear<{ readonly type: string }>(({ type }) => type === "full");
  isExhausted = false;
  visit.tell(begin);
  await visit.hear<{ readonly type: string }>(({ type }) => type === "ready");
});

test("a server that cannot be started again leaves its page with an answer", async () => {
  let opened = 0;
  const visit = await visitLab("break", () =>
    breakPart((options) => (++opened > 1 ? Promise.reject(new Error("listen EMFILE")) : openBackstage(options))),
  );
  visit.tell(begin);
  await visit.hear<{ readonly type: string }>(({ type }) => type === "ready");
  visit.tell({ type: "press", what: "restart" });
  await visit.hear<{ readonly type: string }>(({ type }) => type === "full");
  expect(opened).toBe(2);
});
