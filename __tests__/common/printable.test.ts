import fc from "fast-check";
import { comment, marker } from "../../src/tools/plan-review/comment";
import { code, codeBlock, codeCell, printable, printableLine } from "../../src/common/printable";
import { summarise } from "../../src/tools/plan-review/summary";
import { terminalTable } from "../../src/tools/plan-review/change-table";
import { planWith, resourceJson } from "../tools/plan-review/plan-json";

/** What a terminal obeys, what nobody sees, and what turns the direction of a text. */
const DECEPTIVE = [
  ...["\u0000", "\u0007", "\b", "\t", "\r", "\u001b", "\u007f", "\u009b", "\u00ad", "\u034f"],
  ...["\u061c", "\u115f", "\u180e", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029", "\u202e"],
  ...["\u2060", "\u2066", "\u2069", "\u3164", "\ufe0f", "\ufeff", "\ufff9", "\ud83d"],
  ...["\u{1d173}", "\u{e0041}"],
];

/** Texts of what Markdown, HTML and GitHub give a meaning to. */
const HOSTILE = fc
  .array(
    fc.constantFrom(
      ...["`", "```", "~~~", "|", "\\", "\n", "\n\n", "</details>", "<details>", "<!--", "-->"],
      ...["@everyone", "@org/team", "#1", "**", "> ", "- ", "# ", "<b>", " ", "QQ", "\n```\n"],
      ...[marker("us-east-1"), "| --- |", "![QQ](https://e.example/QQ)", ...DECEPTIVE],
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** The Markdown without its code: what GitHub gives a meaning to. */
function withoutCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const found = /^ {0,3}(`{3,})(.*)$/.exec(line);
    if (fence === undefined && found) {
      fence = found[1]!;
    } else if (fence !== undefined) {
      if (found && found[1]!.length >= fence.length && found[2]!.trim() === "") fence = undefined;
    } else {
      kept.push(withoutSpans(line));
    }
  }
  expect(fence).toBeUndefined();
  return kept.join("\n");
}

/** A line without its spans of code, each of which ends with as many backticks as it begins with. */
function withoutSpans(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "CODE");
}

describe("printable()", () => {
  test.each(DECEPTIVE)("writes %j out", (character) => {
    const code = character.codePointAt(0)!.toString(16);
    const written = code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
    expect(printable(`a${character}b`)).toBe(`a${written}b`);
  });

  test("leaves every other text as it is", () => {
    for (const text of ["plain\ntext", "año 日本 😀 עברית", "\\u0000 |`<>"]) {
      expect(printable(text)).toBe(text);
    }
    expect(printableLine("a\nb")).toBe("a\\nb");
  });
});

describe("code", () => {
  test.each([
    ["plain", "`plain`"],
    ["a`b", "`` a`b ``"],
    ["`", "`` ` ``"],
    ["``a`", "``` ``a` ```"],
    ["a\nb", "`a\\nb`"],
    ["a|b", "`a|b`"],
    ["", ""],
  ])("%j as a span", (text, expected) => expect(code(text)).toBe(expected));

  test.each([
    ["a|b", "`a\\|b`"],
    ["a\\|b", "`a\\\\|b`"],
    ["|`|", "`` \\|`\\| ``"],
  ])("%j in a cell", (text, expected) => expect(codeCell(text)).toBe(expected));

  test("a block has a longer fence than what it holds", () => {
    expect(codeBlock("x", "diff")).toBe("```diff\nx\n```");
    expect(codeBlock("````\nx", "diff")).toBe("`````diff\n````\nx\n`````");
  });

  test("no number of backticks makes a fence that has no room", () => {
    const many = "`".repeat(60_000);
    expect(codeBlock(many, "").length).toBeLessThan(200);
    expect(code(many).length).toBeLessThan(200);
    // More runs than a function takes arguments.
    expect(codeBlock("` ".repeat(200_000), "")).toMatch(/^```\n/);
  });
});

test("no text of a plan gets out of its place", () => {
  const texts = fc.tuple(HOSTILE, HOSTILE, HOSTILE, HOSTILE, fc.boolean());
  fc.assert(
    fc.property(texts, ([one, two, three, four, failed]) => {
      const change = { before: { [one]: 1 }, after: { [two]: 1 } };
      const deferred = resourceJson({}, { address: four });
      const summary = summarise(
        planWith({
          resource_changes: [
            resourceJson(change, { address: `x["${one}"]`, previous_address: two }),
            resourceJson({ actions: ["delete"] }, { address: three, action_reason: four }),
            resourceJson({ actions: ["create"] }, { address: `docker_image.${one}` }),
          ],
          deferred_changes: [{ reason: one, resource_change: deferred }],
          output_changes: { [two]: { actions: ["update"], before: one, after: two } },
          checks: [
            {
              address: { to_display: three },
              status: "fail",
              instances: [{ problems: [{ message: four }] }],
            },
          ],
        }),
      );
      const body = comment({
        region: "us-east-1",
        summary,
        text: `${one}x${two}`,
        ...(failed && { failure: three }),
      });

      const outside = withoutCode(body);
      expect(outside).not.toMatch(/@|QQ|<b>|https/);
      expect(outside.match(/<!--/g)).toHaveLength(1);
      expect(outside.match(/<details>/g)).toHaveLength(1);
      expect(outside.match(/<\/details>/g)).toHaveLength(1);
      expect(body.startsWith(`${marker("us-east-1")}\n`)).toBe(true);

      const rows = outside.split("\n").filter((line) => line.startsWith("|"));
      expect(rows).toHaveLength(5);
      for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);

      const terminal = terminalTable(summary);
      // A row for each resource and output, the check, whose other lines are indented, and the last line.
      expect(terminal.split("\n").filter((line) => !line.startsWith("    "))).toHaveLength(7);
      for (const text of [body, terminal]) {
        expect(DECEPTIVE.filter((one) => one !== "\ud83d" && text.includes(one))).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});
