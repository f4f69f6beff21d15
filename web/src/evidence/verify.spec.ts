import { describe, expect, it } from "vitest";
import cases from "../../../crates/evidence/cases/verify.json";
import { fromBase64, hex, strictJson, utf8 } from "./bytes";
import { sha256, sm3 } from "./hash";
import { verify } from "./verify";

describe("hashes", () => {
  it("gives the examples of GB/T 32905-2016 annex A and FIPS 180-4", () => {
    expect(hex(sm3(utf8("abc")))).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    expect(hex(sm3(utf8("abcd".repeat(16))))).toBe("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    expect(hex(sha256(utf8("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(hex(sha256(utf8("")))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

describe("strict JSON", () => {
  it("refuses a repeated key at any depth, however it is spelt", () => {
    expect(strictJson("x", '{"a":[1,{"b":"}\\""}],"c":{}, "d": -1.5e3 }')).toEqual({
      a: [1, { b: '}"' }],
      c: {},
      d: -1500,
    });
    for (const bad of ['{"a":1,"a":1}', '[{"x":{"b":1,"\\u0062":2}}]', "{} {}", ""]) {
      expect(() => strictJson("x", bad)).toThrow();
    }
  });
});

describe("the check in the browser", () => {
  it.each(cases.map((one) => [`${one.suite}: ${one.name}`, one] as const))("%s", async (_, one) => {
    const files = one.files.map((file) => fromBase64(file) ?? new Uint8Array());
    const outcome = verify(utf8(one.policy), one.proof, utf8(one.entry), one.disclosures, files);
    const valid = await outcome.then(
      () => true,
      () => false,
    );
    expect(valid).toBe(one.valid);
  });
});
