import { expect, test } from "vitest";
import { Mail } from "../../../src/session/mail.ts";
import { hex } from "../../support/byte-builder.ts";

test("P-117 what was taken and may be lost waits again, unless something newer of its type does", () => {
  const mail = new Mail();
  mail.keep(2, hex("02 01"));
  mail.keep(14, hex("0e 01"));
  expect([mail.take(), mail.isEmpty]).toEqual([[hex("02 01"), hex("0e 01")], true]);
  mail.keep(2, hex("02 02"));
  mail.putBack();
  expect(mail.take()).toEqual([hex("02 02"), hex("0e 01")]);
});

test("it is put back once", () => {
  const mail = new Mail();
  mail.keep(2, hex("02 01"));
  mail.take();
  mail.putBack();
  mail.take();
  mail.take();
  mail.putBack();
  expect(mail.take()).toEqual([]);
});
