// The half of “Many in one” on the server, when the machine has nothing left to give.
import { test } from "vitest";
import { manyPart } from "../../../../../src/cli/lab/many/part.ts";
import { openBackstage } from "../../../../../src/cli/lab/passage/backstage.ts";
import { visitLab } from "../../../../support/lab-visit.ts";

const begin = { type: "begin", run: 1, settings: { bytesPerSecond: 250_000, transferBytes: 1_048_576 } };

test("a machine without free descriptors is full for this page, and serves it later", async () => {
  let isExhausted = true;
  const visit = await visitLab("many", () =>
    manyPart((options) => (isExhausted ? Promise.reject(new Error("listen EMFILE")) : openBackstage(options))),
  );
  visit.tell(begin);
  await visit.hear<{ readonly type: string }>(({ type }) => type === "full");
  isExhausted = false;
  visit.tell(begin);
  await visit.hear<{ readonly type: string }>(({ type }) => type === "ready");
});
