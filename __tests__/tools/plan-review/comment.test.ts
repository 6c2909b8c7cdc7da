import fc from "fast-check";
import { comment, marker, MAX_COMMENT_LENGTH } from "../../../src/tools/plan-review/comment";
import { summarise } from "../../../src/tools/plan-review/summary";
import { changeJson, planWith, resourceJson } from "./plan-json";

jest.setTimeout(120_000);

const REGION = "us-east-1";
const RUN = {
  url: "https://github.com/o/r/actions/runs/1",
  commit: "abc1234",
  artifact: "plan-us-east-1",
};
const ACTIONS = [["create"], ["update"], ["delete"], ["delete", "create"], ["forget"], ["read"]];

/** What may be long: how many, how long, and of which character. */
const SIZES = fc.record({
  resources: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1000 })),
  deferred: fc.integer({ min: 0, max: 100 }),
  outputs: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 500 })),
  local: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })),
  checks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })),
  rules: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 })),
  name: fc.oneof(fc.constant(20), fc.integer({ min: 0, max: 40_000 })),
  text: fc.oneof(fc.constant(20), fc.integer({ min: 0, max: 200_000 })),
  failure: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
  filler: fc.constantFrom("x", "`", "`a", "|", "\n", "x\n", "😀", "\u001b", "\\", "<"),
  run: fc.constantFrom(RUN, undefined),
  planned: fc.boolean(),
  preview: fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined }),
});
type Sizes = typeof SIZES extends fc.Arbitrary<infer T> ? T : never;

/** A preview of the rules, of so many lines. */
const previewOf = (lines: number) => Array(lines).fill("| `lab` | `a.example` |").join("\n");

function made(sizes: Sizes) {
  const long = (length: number) =>
    sizes.filler.repeat(Math.ceil(length / sizes.filler.length)).slice(0, length);
  const few = (index: number, length: number) => (index < 3 ? long(length) : "");
  const resource = (index: number, type: string) =>
    resourceJson(
      {
        actions: ACTIONS[index % ACTIONS.length],
        after: { [`a${few(index, sizes.name)}`]: 1 },
      },
      { address: `${type}.n${index}["${few(index, sizes.name)}"]` },
    );
  const ruleSet = () => {
    const lines = Array.from({ length: sizes.rules }, (_, index) => {
      return `${index}${few(index, sizes.name)}`;
    });
    const after = { key: few(0, sizes.name), content: lines.join("\n") };
    return resourceJson({ actions: ["create"], before: null, after }, { type: "aws_s3_object" });
  };
  const many = (count: number, type: string) =>
    Array.from({ length: count }, (_, index) => resource(index, type));
  const summary = summarise(
    planWith({
      resource_changes: [
        ...many(sizes.resources, "terraform_data"),
        ...many(sizes.local, "docker_image"),
        ...(sizes.rules > 0 ? [ruleSet()] : []),
      ],
      deferred_changes: many(sizes.deferred, "aws_vpc").map((resource_change) => ({
        reason: long(sizes.name),
        resource_change,
      })),
      output_changes: Object.fromEntries(
        Array.from({ length: sizes.outputs }, (_, index) => [
          `out${index}${few(index, sizes.name)}`,
          changeJson(),
        ]),
      ),
      checks: Array.from({ length: sizes.checks }, (_, index) => ({
        address: { to_display: `check.n${index}` },
        status: "fail",
        instances: [{ problems: [{ message: few(index, sizes.name) }] }],
      })),
    }),
  );
  return {
    summary,
    body: comment({
      region: REGION,
      ...((sizes.planned || sizes.failure === undefined) && { summary, text: long(sizes.text) }),
      ...(sizes.failure !== undefined && { failure: long(sizes.failure) }),
      ...(sizes.preview !== undefined && { preview: previewOf(sizes.preview) }),
      run: sizes.run,
    }),
  };
}

/** The fences of code and the tags that a comment opens, in their order. */
function structure(body: string): string[] {
  const found: string[] = [];
  let fence: string | undefined;
  for (const line of body.split("\n")) {
    const [, marks, language] = /^(`{3,})([a-z]*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      if (marks !== undefined && marks.length >= fence.length && language === "") fence = undefined;
    } else if (marks !== undefined) {
      fence = marks;
      found.push(language!);
    } else {
      found.push(...(line.match(/<\/?(details|sub)>/g) ?? []));
    }
  }
  expect(fence).toBeUndefined();
  return found;
}

test("a comment of any plan is whole, and not too long for GitHub", () => {
  fc.assert(
    fc.property(SIZES, (sizes) => {
      const { body } = made(sizes);
      expect(body.length).toBeLessThanOrEqual(MAX_COMMENT_LENGTH);
      expect(body.startsWith(`${marker(REGION)}\n### Plan for \`${REGION}\`: `)).toBe(true);
      expect(structure(body).join(" ")).toMatch(
        /^(text ?)?(diff ?)?(<details> diff <\/details> ?)?(<sub> <\/sub>)?$/,
      );
      expect(body.includes(`(${RUN.url})`)).toBe(sizes.run !== undefined);
      expect(body.includes(": **failed**\n")).toBe(sizes.failure !== undefined);
    }),
    { numRuns: 60 },
  );
});

const PLAIN: Sizes = {
  resources: 0,
  deferred: 0,
  outputs: 0,
  local: 0,
  checks: 0,
  rules: 0,
  name: 10,
  text: 10,
  failure: undefined,
  filler: "x",
  run: undefined,
  planned: true,
  preview: undefined,
};

test("what is destroyed or replaced is in front, whatever has no room", () => {
  const { body } = made({ ...PLAIN, resources: 3000, name: 100 });
  const rows = body.split("\n").filter((line) => line.startsWith("| "));
  const dangerous = rows.slice(2).map((row) => /^\| \*\*(destroy|replace)\*\*/.test(row));
  expect(dangerous.slice(0, -1)).not.toContain(false);
  expect(dangerous.length).toBeGreaterThan(300);

  const left = 2500 - (rows.length - 3);
  expect(rows.at(-1)).toBe(`| … | ${left} resources more | in the plan below |`);
});

test("a name that is very long hides no other row", () => {
  const { body } = made({ ...PLAIN, resources: 12, name: 40_000 });
  // Two of the twelve are only read.
  expect(body.match(/^\| (\*\*)?[a-z]+/gm)).toHaveLength(10);
});

describe("a plan that is cut", () => {
  const sizes: Sizes = { ...PLAIN, resources: 3, text: 100_000, filler: "x\n" };

  test("says after how many of its lines, and where the others are", () => {
    const { body } = made({ ...sizes, run: RUN });
    const [, shown, all] =
      /<summary>The plan, cut after (\d+) of (\d+) lines for its length; all of it is in the artifact <a href="https:\/\/github\.com\/o\/r\/actions\/runs\/1#artifacts"><code>plan-us-east-1<\/code><\/a><\/summary>/.exec(
        body,
      )!;
    const lines = /```diff\n([^]*)\n```/.exec(body)![1]!.split("\n");
    expect(lines).toHaveLength(Number(shown));
    expect(Number(all)).toBeGreaterThan(Number(shown));
    expect(body.length).toBeGreaterThan(MAX_COMMENT_LENGTH - 200);
  });

  test("names the file where there is no run", () => {
    expect(made(sizes).body).toContain("lines for its length; <code>plan.txt</code> has it all<");
  });
});

test("what changed rules would do stands under the plan, as far as there is room", () => {
  const under = /<\/details>\n\n#### What changed rules would do\n\n([^]*)\n\n<sub>/;
  const [, few] = under.exec(made({ ...PLAIN, resources: 1, preview: 3 }).body) ?? [];
  expect(few).toBe(previewOf(3));
  const [, many = ""] = under.exec(made({ ...PLAIN, resources: 1, preview: 3000 }).body) ?? [];
  expect(many).toMatch(
    /^(\| `lab` \| `a\.example` \|\n){300,400}\nThe rest of it is too long for a comment\.$/,
  );
});

test("a long failure is cut, and its beginning stays", () => {
  const failure = `Error: it is wrong\n${"x".repeat(100_000)}`;
  const body = comment({ region: REGION, failure });
  expect(body).toMatch(/```text\nError: it is wrong\nx+\n…\n```$/);
});
