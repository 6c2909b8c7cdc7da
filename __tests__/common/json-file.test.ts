import fc from "fast-check";
import { parseJson } from "../../src/common/json-file";

const mistakes = (text: string) => {
  const parsed = parseJson(text, "a.json");
  return "mistakes" in parsed ? parsed.mistakes : [];
};

test.each([
  ['{\n  "a": 1 // one\n}', ["a.json:2:10: a comment, which JSON does not know. Remove it."]],
  [
    '{"a": 1, /* two */ "b": 2,}',
    [
      "a.json:1:10: a comment, which JSON does not know. Remove it.",
      "a.json:1:26: a comma after the last entry. Remove it.",
    ],
  ],
  [
    "[1, 2, // last\n]",
    [
      "a.json:1:8: a comment, which JSON does not know. Remove it.",
      "a.json:1:6: a comma after the last entry. Remove it.",
    ],
  ],
  ['{\n  "a": 1\n  "b": 2\n}', ["a.json:3:3: a comma is missing before this."]],
  ['{"a" 1}', ["a.json:1:6: a colon is missing before this."]],
  ["{'a': 1}", ["a.json:1:2: this is no JSON. Text stands in double quotes."]],
  ['{"a": }', ["a.json:1:7: a value is missing here."]],
  ['{"a": "x\n}', ["a.json:1:7: a text without its closing double quote."]],
  ["[1, 2", ["a.json:1:6: a closing ] is missing."]],
  ["{}\n{}", ["a.json:2:1: something follows the end of the JSON."]],
])("what JSON.parse refuses is told with its place: %j", (text, expected) => {
  expect(mistakes(text)).toEqual(expected);
});

test("what JSON.parse takes is taken, with the same value", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      expect(parseJson(text, "a.json")).toEqual({ value: JSON.parse(text), duplicates: [] });
    }),
  );
});

test("what JSON.parse refuses is refused", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    "1",
    "null",
    "//",
    "\n",
    "'",
    "01",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (tokens) => {
      const text = tokens.join("");
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(mistakes(text).length === 0).toBe(valid);
    }),
  );
});
