import { parseSpan } from "../../../src/tools/logs/span";

test.each<[string, number]>([
  ["90m", 5_400_000],
  ["12h", 43_200_000],
  ["7d", 604_800_000],
  ["2w", 1_209_600_000],
])("%s are %d ms", (text, ms) => {
  expect(parseSpan(text)).toEqual({ text, ms });
});

test.each(["", "7", "d", "0d", "-7d", "7 d", "1.5h", "7days", "7D", "7s", "100000d"])(
  "%p is no time",
  (text) => {
    expect(parseSpan(text)).toBeUndefined();
  },
);
