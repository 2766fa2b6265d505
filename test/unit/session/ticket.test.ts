import { describe, expect, test } from "vitest";
import { MAX_TICKET_BYTES } from "../../../src/session/packet.ts";
import { bytesOf, decodeTicket, encodeTicket, isGenuine, textOf } from "../../../src/session/ticket.ts";
import { bytes, hex } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const random = new SeededRandom(5);
const hint = hex("0a 0b");
const name = textOf(random.bytes(16));
const key = textOf(random.bytes(32));
const ticket = encodeTicket(hint, name, key, 300);

describe("tickets", () => {
  test("what was encoded is decoded, and genuine", () => {
    const claims = decodeTicket(ticket);
    expect(claims).toMatchObject({ hint, name: bytesOf(name), generation: 300 });
    expect(claims !== undefined && isGenuine(claims, key)).toBe(true);
  });

  test("V-51 no bit of a ticket can be changed, but those of the hint, which proves nothing", () => {
    for (let bit = 0; bit < ticket.length * 8; bit++) {
      const forged = ticket.slice();
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      const claims = decodeTicket(forged);
      const isHint = bit >> 3 === 1 || bit >> 3 === 2;
      expect(claims !== undefined && isGenuine(claims, key), `bit ${bit}`).toBe(isHint);
    }
  });

  test("V-52 a ticket of another generation, name or key is another ticket", () => {
    const claims = decodeTicket(encodeTicket(hint, name, textOf(random.bytes(32)), 300));
    expect(claims !== undefined && isGenuine(claims, key)).toBe(false);
    expect(encodeTicket(hint, name, key, 301).slice(-16)).not.toEqual(ticket.slice(-16));
  });

  test("V-21 what is too short, too long or not a ticket is none", () => {
    for (let end = 0; end < ticket.length; end++) expect(decodeTicket(ticket.subarray(0, end))).toBeUndefined();
    expect(decodeTicket(bytes(ticket, 0))).toBeUndefined();
    expect(decodeTicket(bytes(17, new Uint8Array(50)))).toBeUndefined();
  });

  test("the largest ticket fits into its field", () => {
    const largest = encodeTicket(new Uint8Array(16), name, key, Number.MAX_SAFE_INTEGER);
    expect(largest.length).toBeLessThanOrEqual(MAX_TICKET_BYTES);
  });

  test("V-19 names become texts that cannot be mixed up, and bytes again", () => {
    expect(textOf(hex("00 ff"))).toBe("\u0000\u00ff");
    expect(textOf(bytesOf(key))).toBe(key);
  });
});
