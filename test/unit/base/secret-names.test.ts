import { describe, expect, it } from "vitest";
import { isSecretName } from "../../../src/base/secret-names.ts";

describe("isSecretName", () => {
  it.each(["token", "accessToken", "X-CSRF-Token", "sid", "%73id", "%zz"])("V-50 %s may name a secret", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(["room", "since", "id", "name"])("V-50 %s names none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});
