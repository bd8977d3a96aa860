import { describe, expect, it } from "vitest";
import { canonicalBytes } from "./canonical.ts";
import { MAX_MESSAGE_BYTES } from "./message.ts";

const canonical = (text: string) => canonicalBytes(JSON.parse(text)).toString("utf8");

describe("canonical JSON", () => {
  it("serializes RFC 8785's example of section 3.2.2 as section 3.2.3 shows it, in UTF-8", () => {
    const input = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonical(input)).toBe(expected);
    const end = "e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d";
    expect(canonicalBytes(JSON.parse(input)).toString("hex")).toMatch(new RegExp(`${end}$`));
  });

  it("sorts names by UTF-16 code units, as the example of section 3.2.3", () => {
    const input = String.raw`{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    expect(Object.values(JSON.parse(canonical(input)))).toHaveLength(7);
    const order = [...canonical(input).matchAll(/:"([^"]+)"/g)].map(([, value]) => value);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it.each([
    // RFC 8785, appendix B: the bits of a double and its text.
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the double %s as %s", (bits, text) => {
    expect(canonicalBytes(Buffer.from(bits, "hex").readDoubleBE()).toString()).toBe(text);
  });

  it("refuses more than a queue carries, and says what to do", () => {
    expect(() => canonicalBytes("x".repeat(MAX_MESSAGE_BYTES))).toThrow(
      expect.objectContaining({ code: "MessageTooLarge", message: expect.stringContaining("send a reference") }),
    );
    expect(canonicalBytes("x".repeat(MAX_MESSAGE_BYTES - 2))).toHaveLength(MAX_MESSAGE_BYTES);
  });
});
