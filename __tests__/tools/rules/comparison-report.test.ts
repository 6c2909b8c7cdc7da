import fc from "fast-check";
import { KINDS, type Difference } from "../../../src/tools/rules/comparison";
import { comparisonMarkdown, comparisonText } from "../../../src/tools/rules/comparison-report";

const difference = (fields: Partial<Difference> = {}): Difference => ({
  kind: "denied",
  client: "lab",
  host: "example.com",
  by: "allowed-domains",
  count: 12,
  last: "2026-11-28T10:15:30.123Z",
  ...fields,
});

const reported = (
  differences: readonly Difference[],
  { compared = 100, refusedOtherwise = 0, omissions = [] as readonly string[] } = {},
) => ({
  comparison: { differences, compared, refusedOtherwise },
  log: { requests: [], omissions },
  source: "access.log",
});

test("shows all differences, kind by kind, and what was not compared", () => {
  const differences = [
    difference(),
    difference({ client: "office", host: "a.example", count: 1, by: "denied-domains" }),
    difference({ kind: "admitted" }),
    difference({ kind: "marked" }),
    difference({ kind: "unmarked" }),
  ];
  const omissions = ["Passed over 3 lines: events and messages."];
  expect(comparisonText(reported(differences, { refusedOtherwise: 1, omissions })))
    .toBe(`The rules of this checkout, against 100 requests of access.log:
Not compared: 1 request that something else refused, such as a port.
Passed over 3 lines: events and messages.

Newly denied: 13 requests
  client  host         requests  last               by
  lab     example.com  12        2026-11-28 10:15Z  allowed-domains
  office  a.example    1         2026-11-28 10:15Z  denied-domains

Newly admitted: 12 requests
  client  host         requests  last               by
  lab     example.com  12        2026-11-28 10:15Z  allowed-domains

Newly marked, by rules that only report: 12 requests
  client  host         requests  last               by
  lab     example.com  12        2026-11-28 10:15Z  allowed-domains

No longer marked: 12 requests
  client  host         requests  last               by
  lab     example.com  12        2026-11-28 10:15Z  allowed-domains`);
});

test("says that nothing changes", () => {
  expect(comparisonText(reported([]))).toBe(
    "The rules of this checkout, against 100 requests of access.log:\n\nNothing changes for any of them.",
  );
});

test("says that there is nothing that could change", () => {
  expect(comparisonText(reported([], { compared: 0, refusedOtherwise: 2 }))).toMatch(
    /2 requests that something else refused, such as a port\.\n\nNo request was found that rules could change\.$/,
  );
});

test("has a table for each kind in Markdown, and counts what it leaves out", () => {
  const many = Array.from({ length: 30 }, (_, index) => difference({ host: `h${index}.example` }));
  const markdown = comparisonMarkdown(
    reported([...many, difference({ kind: "admitted" })], {
      omissions: ["Passed over 1 line: x."],
    }),
  );
  expect(markdown).toContain(
    "access.log:\n- Passed over 1 line: x.\n\n**Newly denied: 360 requests**\n\n| Client |",
  );
  expect(markdown).toContain(
    "| `lab` | `h24.example` | 12 | 2026-11-28 10:15Z | `allowed-domains` |\n| … | 5 more | 60 | | |\n\n**Newly admitted: 12 requests**",
  );
  expect(markdown).not.toContain("h25.example");
});

test("is short and harmless, whatever clients have asked for", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("`", "|", "\u001b[2J", "@team", "<script>", "x".repeat(255), "`|".repeat(100)),
  );
  const by = fc.constantFrom("allowed-domains", "unknown-client");
  const row = fc.record({ client: text, host: text, by, kind: fc.constantFrom(...KINDS) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 150 }), (rows) => {
      const report = reported(rows.map((fields) => difference(fields)));
      const markdown = comparisonMarkdown(report);
      expect(markdown.length).toBeLessThanOrEqual(30_000);
      expect(`${markdown}${comparisonText(report)}`).not.toMatch(/(?!\n)\p{Cc}/u);
      for (const line of markdown.split("\n").filter((line) => line.startsWith("| `"))) {
        expect(line.replace(/\\\|/g, "").match(/\|/g)).toHaveLength(6);
      }
    }),
  );
});
