import { expect, test } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import { MessageProgress } from "../../../src/protocol/message-progress.ts";

test("V-10 a message's frames are counted and its bytes summed, empty frames too, until it is finished", () => {
  const progress = new MessageProgress("server", resolveLimits({ maxMessageBytes: 7, maxFragments: 9 }), true);
  expect(progress).toMatchObject({ side: "server", maxMessageBytes: 7, maxFragments: 9, lenientLength: true });
  expect(progress).toMatchObject({ inMessage: false, messageBytes: 0, fragmentCount: 0 });
  progress.addFrame(4);
  progress.addFrame(0);
  progress.addFrame(3);
  expect(progress).toMatchObject({ inMessage: true, messageBytes: 7, fragmentCount: 3 });
  progress.finish();
  expect(progress).toMatchObject({ inMessage: false, messageBytes: 0, fragmentCount: 0 });
});
