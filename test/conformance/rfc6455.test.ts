// RFC 6455 §5 to §8, section by section: bytes a peer may send, what the machine must say and answer. One table for both
// sides; each row is read whole and byte by byte, and the naive codec, the oracle of the property tests, must agree.
import { describe, expect, test } from "vitest";

import { concat } from "../support/byte-builder.ts";
import { cutAt, oneByteEach } from "../support/chunkings.ts";
import { readStream, type Role } from "../support/naive-frame-codec.ts";
import { answersTo, recordChunks, type RecordedConnection } from "../support/recorded-connection.ts";
import { closing, control } from "./rfc6455/control-rows.ts";
import { framing } from "./rfc6455/framing-rows.ts";
import { fragmentation, sizes, text } from "./rfc6455/message-rows.ts";

const roles: readonly Role[] = ["server", "client"];

const rows = [...framing, ...fragmentation, ...sizes, ...control, ...closing, ...text];

describe.each(roles)("a %s", (role) => {
  for (const { name, frames, events, limits = {}, lenientLength = false } of rows) {
    test(name, () => {
      const stream = concat(frames(role));
      const rules = { maxMessageBytes: 1 << 20, maxFragments: 65_536, ...limits };
      expect(readStream(stream, { role, lenientLength, ...rules }), "the naive codec").toEqual(events);

      const options = { role, limits: rules, lenientLength };
      const whole = recordChunks([stream], options);
      expect(whole.events).toEqual(events);
      expectAnswers(whole);
      const byBytes = recordChunks(cutAt(stream, oneByteEach(stream.length)), options);
      expect(byBytes.events).toEqual(events);
      expect(byBytes.violation?.code).toBe(whole.violation?.code);
    });
  }
});

/** §5.5.1, §5.5.2, §7.1.7: Pongs for Pings, one Close in answer to a Close or a violation, and then nothing. */
function expectAnswers(recorded: RecordedConnection): void {
  const sent = recorded.sentEvents;
  const violation = recorded.violation;
  const answers = answersTo(recorded.events);
  if (violation === undefined) expect(sent).toEqual(answers);
  else expect(sent).toEqual([...answers, `close ${violation.closeCode} ${JSON.stringify(violation.message)}`]);
}
