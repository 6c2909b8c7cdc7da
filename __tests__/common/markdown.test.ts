import { fill, table } from "../../src/common/markdown";

test("a table is as Prettier writes it", () => {
  expect(table(["name", "n"], [["a longer one", "1,000"]], ["left", "right"])).toBe(
    ["| name         |     n |", "| ------------ | ----: |", "| a longer one | 1,000 |"].join("\n"),
  );
});

test("a text replaces what is between its marks, and only that", () => {
  const document = "a\n<!-- x -->\n\nold\n\n<!-- end of x -->\nb\n";
  const filled = "a\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nb\n";
  expect(fill(document, { x: "new" })).toBe(filled);
  expect(fill(filled, { x: "new" })).toBe(filled);
  expect(() => fill(document, { y: "" })).toThrow('no marks for "y"');
});
