import fc from "fast-check";
import { reportPlan } from "../../src/plan/report";
import { MASKED, Secrets } from "../../src/plan/secrets";
import { summarise } from "../../src/plan/summary";
import { terminalTable } from "../../src/plan/table";
import { changeJson, planWith, resourceJson } from "./plan-json";

jest.setTimeout(60_000);

/** A secret, and a part of it that no encoding changes and that is nowhere else. */
interface Secret {
  readonly text: string;
  readonly core: string;
}

/** Everything that JSON, HCL, Markdown, a terminal or this project writes in another way. */
const AWKWARD = fc.array(
  fc.constantFrom(
    ...['"', "\\", "\n", "\r", "\t", "\b", "\f", "\u0001", "\u001b", "\u007f", "|", "`", "'", "<"],
    ...[
      "&",
      "/",
      "${",
      "%{",
      "$",
      "{",
      "}",
      "[",
      "n",
      "u",
      "0",
      " ",
      "é",
      "😀",
      "\u202e",
      "\u2028",
    ],
    ...["\u{e0041}", "\\n", "\\u0041"],
  ),
  { maxLength: 6 },
);
const LONG = fc
  .tuple(AWKWARD, fc.stringMatching(/^[a-z0-9]{10}$/), AWKWARD)
  .map(([start, core, end]) => ({
    text: `${start.join("")}K${core}${end.join("")}`,
    core: `K${core}`,
  }));
const SHORT = fc.stringMatching(/^[λμξπφψω]{4,7}$/).map((text) => ({ text, core: text }));
const NUMBER = fc
  .integer({ min: 1e12, max: 9e15 })
  .map((number) => ({ text: String(number), core: String(number) }));

/** A value, with Terraform's marks of what is sensitive in it. */
interface Marked {
  readonly value: unknown;
  readonly marks: unknown;
}

/** The places where a provider may repeat a secret without a mark. */
function copies({ text }: Secret): unknown[] {
  const inText = [
    `before ${text} after`,
    `#!/bin/sh\nexport KEY=${text}\necho\n`,
    // Terraform's jsonencode() escapes these, too.
    JSON.stringify({ text: `x${text}x` }).replace(
      /[<>&]/g,
      (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
    ),
    `config = ${JSON.stringify(JSON.stringify({ text }))}`,
    { [text]: 1 },
    { [`key ${text}`]: { deep: true } },
  ];
  return [
    text,
    [text],
    { a: [{ b: text }] },
    JSON.stringify({ a: [text] }),
    JSON.stringify([text], null, 2),
    JSON.stringify({ inner: JSON.stringify({ text }) }),
    ...(text.length >= 8 ? inText : []),
    ...(/^\d+$/.test(text) ? [Number(text)] : []),
  ];
}

const PLAIN = fc.constantFrom<unknown>("x", "", 1, true, null, [], {}, '{"a":1}', '{ "a": 1 }');

function values(secrets: readonly Secret[]): fc.Arbitrary<Marked> {
  const secret = fc.constantFrom(...secrets);
  const plain = PLAIN.map((value) => ({ value, marks: false }));
  const copied = secret
    .chain((one) => fc.constantFrom(...copies(one)))
    .map((value) => ({ value, marks: false }));
  const marked = secret
    .chain(({ text }) => fc.constantFrom<unknown>(text, [text], { text }))
    .map((value) => ({ value, marks: true }));
  const leaf = fc.oneof(plain, copied, copied, marked);
  return fc.letrec<{ value: Marked }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }).map((parts) => ({
        value: parts.map(({ value }) => value),
        marks: parts.map(({ marks }) => marks),
      })),
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value")).map((parts) => ({
        value: mapped(parts, ({ value }) => value),
        marks: mapped(parts, ({ marks }) => marks),
      })),
    ),
  })).value;
}

function mapped(parts: Record<string, Marked>, of: (part: Marked) => unknown) {
  return Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, of(part)]));
}

function changes(secrets: readonly Secret[]) {
  return fc
    .record({
      actions: fc.constantFrom(["update"], ["create"], ["delete"], ["delete", "create"], ["read"]),
      before: fc.dictionary(fc.constantFrom("a", "b", "c"), values(secrets)),
      after: fc.dictionary(fc.constantFrom("a", "b", "c"), values(secrets)),
      unknown: fc.constantFrom({}, { a: true }, { b: { a: true } }),
      forced: fc
        .constantFrom<unknown[]>("a", "b")
        .chain((key) => fc.constantFrom([], [[key]], [[key, secrets[0]!.text]])),
    })
    .map(({ actions, before, after, unknown, forced }) => ({
      actions,
      before: actions[0] === "create" ? null : mapped(before, ({ value }) => value),
      before_sensitive: mapped(before, ({ marks }) => marks),
      after: actions.at(-1) === "delete" ? null : mapped(after, ({ value }) => value),
      after_sensitive: mapped(after, ({ marks }) => marks),
      after_unknown: unknown,
      // Short secrets count as whole values, not as the keys of a path.
      replace_paths: secrets[0]!.text.length < 8 ? [] : forced,
    }));
}

/** Where the plan marks a secret: in each place that has values, before and after. */
function marking({ text }: Secret, place: number): object {
  const before = changeJson({ before: { s: text }, before_sensitive: { s: true } });
  const after = changeJson({ after: { s: [text] }, after_sensitive: { s: [true] } });
  return [
    { resource_changes: [resourceJson(before)] },
    { resource_changes: [resourceJson(after)] },
    { resource_drift: [resourceJson(before)] },
    { deferred_changes: [{ reason: "x", resource_change: resourceJson(after) }] },
    { output_changes: { s: changeJson({ before: null, after: text, after_sensitive: true }) } },
    { output_changes: { s: changeJson({ before: { x: text }, before_sensitive: { x: true } }) } },
    {
      variables: { s: { value: { x: [text] } } },
      configuration: { root_module: { variables: { s: { sensitive: true } } } },
    },
  ][place]!;
}
const PLACES = 7;

/** Plans with their secrets; each is marked somewhere and repeated anywhere. */
const PLANS = fc
  .array(fc.oneof(LONG, SHORT, NUMBER), { minLength: 1, maxLength: 4 })
  .chain((secrets) => {
    const change = changes(secrets);
    const secret = fc.constantFrom(...secrets).map(({ text }) => (text.length < 8 ? "x" : text));
    const resource = fc.tuple(change, secret, fc.boolean()).map(([one, key, moved]) =>
      resourceJson(
        { ...one, ...(moved && { importing: { id: `id-${key}` } }) },
        {
          address: `terraform_data.web[${JSON.stringify(key)}]`,
          ...(moved && { previous_address: `terraform_data.old["${key}"]` }),
        },
      ),
    );
    const places = fc.array(fc.nat(PLACES - 1), {
      minLength: secrets.length,
      maxLength: secrets.length,
    });
    return fc.record({
      secrets: fc.constant(secrets),
      places,
      resource_changes: fc.array(resource, { maxLength: 3 }),
      resource_drift: fc.array(resource, { maxLength: 2 }),
      deferred: fc.array(resource, { maxLength: 1 }),
      output: values(secrets),
      quoted: secret,
    });
  })
  .map(({ secrets, places, resource_changes, resource_drift, deferred, output, quoted }) => {
    const parts: Record<string, unknown>[] = [
      {
        resource_changes,
        resource_drift,
        deferred_changes: deferred.map((resource_change) => ({ reason: "y", resource_change })),
        output_changes: {
          out: changeJson({
            before: null,
            after: output.value,
            after_sensitive: output.marks,
          }),
        },
        checks: [
          {
            address: { to_display: `check.web["${quoted}"]` },
            status: "fail",
            instances: [{ problems: [{ message: `It is ${quoted}, which is wrong.` }] }],
          },
        ],
      },
      ...secrets.map((secret, index) => ({ ...marking(secret, places[index]!) })),
    ];
    const failure = `Error: ${quoted} is not accepted: ${JSON.stringify({ quoted })}`;
    return { secrets, plan: planWith(merged(parts)), failure };
  });

/** All parts in one plan; what has a name in two of them gets one for each. */
function merged(parts: readonly Record<string, unknown>[]): object {
  const plan: Record<string, unknown> = {};
  const variables: Record<string, unknown> = {};
  const sensitive: Record<string, unknown> = {};
  const outputs: Record<string, unknown> = {};
  parts.forEach((part, index) => {
    for (const [name, value] of Object.entries(part)) {
      if (Array.isArray(value)) plan[name] = [...((plan[name] as unknown[]) ?? []), ...value];
    }
    for (const [name, value] of Object.entries((part["output_changes"] as object) ?? {})) {
      outputs[`${name}_${index}`] = value;
    }
    if (part["variables"] !== undefined) {
      variables[`s_${index}`] = (part["variables"] as Record<string, unknown>)["s"];
      sensitive[`s_${index}`] = { sensitive: true };
    }
  });
  return {
    ...plan,
    variables,
    configuration: { root_module: { variables: sensitive } },
    output_changes: outputs,
  };
}

test("no secret of a plan is in anything that is shown", () => {
  fc.assert(
    fc.property(PLANS, fc.boolean(), ({ secrets, plan, failure }, failed) => {
      const report = reportPlan("us-east-1", { plan, ...(failed && { failure }) }, undefined, {});
      const shown = [
        report.comment,
        report.text,
        report.failure ?? "",
        terminalTable(summarise(plan)),
      ];
      for (const { core } of secrets) {
        for (const text of shown) expect(text).not.toContain(core);
      }
    }),
    { numRuns: 300 },
  );
});

describe("a secret in a text", () => {
  const masked = (text: string, ...secrets: string[]) => new Secrets(secrets).mask(text);

  test("is masked, and nothing else", () => {
    expect(masked("a=hunter22, b=2", "hunter22")).toBe(`a=${MASKED}, b=2`);
    expect(masked("nothing\\n to \\u0041 do $${x}", "hunter22")).toBe(
      "nothing\\n to \\u0041 do $${x}",
    );
  });

  test("however it is escaped", () => {
    const secret = 'a"b\\c\nd\u0001e\t<${f}';
    const once = JSON.stringify(secret).slice(1, -1);
    const twice = JSON.stringify(once).slice(1, -1);
    const hcl = 'a\\"b\\\\c\\nd\\u0001e\\u0009<$${f}';
    for (const text of [secret, once, twice, hcl, once.replace("<", "\\u003c")]) {
      expect(masked(`x ${text} y`, secret)).toBe(`x ${MASKED} y`);
    }
  });

  test("behind a backslash that is not its own", () => {
    expect(masked("C:\\name-of-it/next", "name-of-it")).toBe(`C:\\${MASKED}/next`);
  });

  test("overlapping with another, or part of it", () => {
    expect(masked("x12345678abcdefgh9x", "12345678abcd", "abcdefgh9", "abcdefgh")).toBe(
      `x${MASKED}x`,
    );
    expect(masked("x sensitive y", "sensitive")).toBe(`x ${MASKED} y`);
    expect(masked("xabababababx", "abababab")).toBe(`x${MASKED}x`);
  });

  test("is left where it may be there by chance", () => {
    expect(masked("a short1 b", "short1")).toBe("a short1 b");
    expect(masked("a          b", "        ")).toBe("a          b");
  });

  test("with or without the blanks around it", () => {
    expect(masked("a=hunter22;", "hunter22\n")).toBe(`a=${MASKED};`);
  });
});

test("a key in several lines is one where they are indented", () => {
  const line = (letter: string) => letter.repeat(64);
  const key = `-----BEGIN KEY-----\n${line("A")}\n${line("B")}\n-----END KEY-----\n`;
  const script = `cat <<EOF\n${key.replace(/^/gm, "    ")}\nEOF\n`;
  const change = {
    before: { script: "cat <<EOF\nEOF\n", key: "" },
    after: { script, key },
    after_sensitive: { key: true },
  };
  const plan = planWith({ resource_changes: [resourceJson(change)] });
  const { text } = reportPlan("us-east-1", { plan }, undefined, {});
  expect(text).toContain("BEGIN KEY");
  expect(text).not.toContain("AAA");
  expect(text).not.toContain("BBB");
});

test("a secret at the place where a value is cut", () => {
  for (let before = 980; before <= 1000; before++) {
    const value = `${"x".repeat(before)}hunter22hunter22`;
    const change = {
      after: { value, lines: `1\n${value}\n`, password: "hunter22hunter22" },
      before: { value: "", lines: "1\n2\n", password: "" },
      after_sensitive: { password: true },
    };
    const plan = planWith({ resource_changes: [resourceJson(change)] });
    expect(reportPlan("us-east-1", { plan }, undefined, {}).text).not.toContain("xhu");
  }
});

test("the credentials of the machine, in what a program says", () => {
  const variables = { AWS_SECRET_ACCESS_KEY: "secret/key\t1", GITHUB_TOKEN: "ghp_token" };
  const failure = "denied: secret/key\t1, secret/key\\t1, ghp_token";
  const report = reportPlan("us-east-1", { failure }, undefined, variables);
  expect(report.failure).toBe(`denied: ${MASKED}, ${MASKED}, ${MASKED}`);
  expect(report.comment).toContain(MASKED);
  expect(report.text).toBe(report.failure);
});

test("a thousand secrets in three thousand resources", () => {
  const resource_changes = Array.from({ length: 3000 }, (_, index) => {
    const tags = { name: `resource-${index}`, text: "word ".repeat(20), id: `id-${index}` };
    return resourceJson({
      before: { tags, password: `password-${index % 1000}` },
      after: { tags: { ...tags, text: "other ".repeat(20) }, password: "" },
      before_sensitive: { password: true },
    });
  });
  const plan = planWith({ resource_changes });
  const { text } = reportPlan("us-east-1", { plan }, undefined, {});
  expect(text.match(/^! change /gm)).toHaveLength(3000);
  expect(text).not.toMatch(/password-\d/);
});
