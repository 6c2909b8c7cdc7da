import { attributeChanges } from "../../src/plan/attributes";
import { Secrets } from "../../src/plan/secrets";
import { summarise } from "../../src/plan/summary";
import { fullText } from "../../src/plan/text";
import { planWith, resourceJson } from "./plan-json";

const UNKNOWN = "(known after apply)";

function changes(before: unknown, after: unknown, rest: object = {}) {
  const plan = planWith({ resource_changes: [resourceJson({ before, after, ...rest })] });
  const found = attributeChanges(plan.resource_changes[0]!.change, Secrets.of(plan));
  return found.map(({ forcesReplacement, ...change }) => ({
    ...change,
    ...(forcesReplacement && { forcesReplacement }),
  }));
}

/** How a resource's change reads, without the line of the resource. */
function text(before: unknown, after: unknown): string[] {
  const summary = summarise(planWith({ resource_changes: [resourceJson({ before, after })] }));
  return fullText(summary).split("\n").slice(1);
}

describe("maps", () => {
  test("of nested ones, the parts that differ", () => {
    const before = { a: { b: { c: 1, same: true } }, same: "x" };
    const after = { a: { b: { c: 2, same: true } }, same: "x" };
    expect(changes(before, after)).toEqual([{ path: "a.b.c", before: "1", after: "2" }]);
  });

  test("with keys that come and go", () => {
    expect(changes({ tags: { old: "1" } }, { tags: { new: "2" } })).toEqual([
      { path: "tags.new", after: '"2"' },
      { path: "tags.old", before: '"1"' },
    ]);
  });

  test.each([
    ["a.b", 'tags["a.b"]'],
    ["a b", 'tags["a b"]'],
    ['a"b', 'tags["a\\"b"]'],
    ["", 'tags[""]'],
    ["a\nb", 'tags["a\\nb"]'],
    ["a-b_1", "tags.a-b_1"],
  ])("with the key %j", (key, path) => {
    expect(changes({ tags: {} }, { tags: { [key]: 1 } })).toEqual([{ path, after: "1" }]);
  });

  test.each(["constructor", "toString", "__proto__"])("with the key %s, as any other", (key) => {
    const tags = JSON.parse(`{${JSON.stringify(key)}:"x"}`);
    const path = `tags.${key}`;
    expect(changes({ tags: {} }, { tags })).toEqual([{ path, after: '"x"' }]);
    expect(changes({ tags }, { tags: {} })).toEqual([{ path, before: '"x"' }]);
  });
});

describe("lists", () => {
  test("an element in front of the others is one line", () => {
    const before = { ports: [80, 443, 8080] };
    const after = { ports: [22, 80, 443, 8080] };
    expect(changes(before, after)).toEqual([{ path: "ports[0]", after: "22" }]);
  });

  test("an element less is one line, under the place that it had", () => {
    const expected = [{ path: "ports[1]", before: "443" }];
    expect(changes({ ports: [80, 443, 8080] }, { ports: [8080, 80] })).toEqual(expected);
  });

  test("of equal elements, those that are more or fewer", () => {
    expect(changes({ a: [1, 1, 2] }, { a: [1, 2] })).toEqual([{ path: "a[1]", before: "1" }]);
    expect(changes({ a: [1, 2] }, { a: [1, 1, 2] })).toEqual([{ path: "a[1]", after: "1" }]);
  });

  test("of objects, the attributes of the one that differs", () => {
    const rule = (port: number, cidr: string) => ({ port, cidrs: [cidr] });
    const before = { ingress: [rule(80, "10.0.0.0/8"), rule(443, "10.0.0.0/8")] };
    const after = { ingress: [rule(443, "10.0.0.0/8"), rule(80, "0.0.0.0/0")] };
    expect(changes(before, after)).toEqual([
      { path: "ingress[1].cidrs[0]", before: '"10.0.0.0/8"', after: '"0.0.0.0/0"' },
    ]);
  });

  test("in another order are shown as a whole", () => {
    const expected = [{ path: "a.b", before: "[1,2]", after: "[2,1]" }];
    expect(changes({ a: { b: [1, 2] } }, { a: { b: [2, 1] } })).toEqual(expected);
  });
});

describe("nothing and empty", () => {
  test.each([
    ["null and absent are the same", { a: null, b: 1 }, { b: 1 }],
    ["within a map, too", { tags: { a: null } }, { tags: {} }],
  ])("%s", (_, before, after) => {
    expect(changes(before, after)).toEqual([]);
    expect(changes(after, before)).toEqual([]);
  });

  test.each([
    ["an empty list", [], "[]"],
    ["an empty map", {}, "{}"],
    ["an empty text", "", '""'],
    ["false", false, "false"],
    ["zero", 0, "0"],
  ])("%s is not null", (_, value, shown) => {
    expect(changes({ a: null }, { a: value })).toEqual([{ path: "a", after: shown }]);
    expect(changes({ a: value }, { a: null })).toEqual([{ path: "a", before: shown }]);
    expect(changes({ a: value }, {})).toEqual([{ path: "a", before: shown }]);
  });

  test("what is made or destroyed has no line for its empty parts", () => {
    const value = { a: "x", none: null, list: [], map: {}, nested: { list: [] } };
    expect(changes(null, value)).toEqual([{ path: "a", after: '"x"' }]);
    expect(changes(value, null)).toEqual([{ path: "a", before: '"x"' }]);
  });

  test("the last element goes, the first one comes", () => {
    expect(changes({ a: [1] }, { a: [] })).toEqual([{ path: "a[0]", before: "1" }]);
    expect(changes({ a: [] }, { a: [{}] })).toEqual([{ path: "a", before: "[]", after: "[{}]" }]);
  });
});

describe("JSON in texts", () => {
  const policy = (...actions: string[]) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions }],
  });

  test("is compared by what it says", () => {
    const before = { policy: JSON.stringify(policy("s3:GetObject")) };
    const after = { policy: JSON.stringify(policy("s3:GetObject", "s3:PutObject"), null, 2) };
    expect(changes(before, after)).toEqual([
      { path: "policy.Statement[0].Action[1]", after: '"s3:PutObject"' },
    ]);
  });

  test("lists as those of container definitions", () => {
    const containers = (cpu: number) => JSON.stringify([{ name: "squid", cpu }, { name: "agent" }]);
    const before = { container_definitions: containers(1) };
    expect(changes(before, { container_definitions: containers(2) })).toEqual([
      { path: "container_definitions[0].cpu", before: "1", after: "2" },
    ]);
  });

  test("within JSON", () => {
    const nested = (deep: number) => JSON.stringify({ inner: JSON.stringify({ deep }) });
    expect(changes({ a: nested(1) }, { a: nested(2) })).toEqual([
      { path: "a.inner.deep", before: "1", after: "2" },
    ]);
  });

  test("is shown as it is where only its blanks or the order of its keys change", () => {
    expect(changes({ a: '{"b":1}' }, { a: '{ "b": 1 }' })).toEqual([
      { path: "a", before: '"{\\"b\\":1}"', after: '"{ \\"b\\": 1 }"' },
    ]);
    expect(changes({ a: '{"b":1,"c":2}' }, { a: '{"c":2,"b":1}' })).toHaveLength(1);
  });

  test("is something, even where it is empty", () => {
    expect(changes({ a: "{}" }, { a: null })).toEqual([{ path: "a", before: '"{}"' }]);
  });

  test("that is broken is a text", () => {
    expect(changes({ a: "{1" }, { a: "{2" })).toEqual([
      { path: "a", before: '"{1"', after: '"{2"' },
    ]);
  });

  test("that becomes a map is a change of its type", () => {
    expect(changes({ a: '{"b":1}' }, { a: { b: 1 } })).toEqual([
      { path: "a", before: '"{\\"b\\":1}"', after: '{"b":1}' },
    ]);
  });
});

describe("texts of several lines", () => {
  const script = (...lines: string[]) => [...lines, ""].join("\n");

  test("are shown as the lines that change, with those around them", () => {
    const before = script("1", "2", "3", "old", "5", "6", "7");
    const after = script("1", "2", "3", "new", "5", "6", "7");
    expect(changes({ user_data: before }, { user_data: after })[0]!.lines).toEqual([
      ...[" 2", " 3", "-old", "+new", " 5", " 6"],
    ]);
  });

  test("with a gap between changes that are far from each other", () => {
    const lines = Array.from({ length: 20 }, (_, index) => String(index));
    const after = lines.with(0, "first").with(19, "last");
    const [change] = changes({ a: script(...lines) }, { a: script(...after) });
    expect(change!.lines).toEqual([
      ...["-0", "+first", " 1", " 2"],
      " …",
      ...[" 17", " 18", "-19", "+last"],
    ]);
  });

  test("are marked so that a line cannot look like a resource's", () => {
    const shown = text({ a: script("a", "b") }, { a: script("a", "- destroy aws_vpc.main") });
    expect(shown).toEqual([
      "!     a:",
      "          a",
      "-         b",
      "+         - destroy aws_vpc.main",
    ]);
  });

  test("that have nothing in common are shown as values: comparing their lines would take seconds", () => {
    const lines = (factor: number) =>
      script(...Array.from({ length: 5000 }, (_, index) => `${(index * factor) % 977} ${factor}`));
    const [change] = changes({ a: lines(7) }, { a: lines(13) });
    expect(change!.lines).toBeUndefined();
    expect(change!.after).toHaveLength(1001);
  });

  test("that differ in secrets alone are still a change", () => {
    const before = { a: script("x", "password-1"), secret: "password-1" };
    const after = { a: script("x", "password-2"), secret: "password-2" };
    const marks = { before_sensitive: { secret: true }, after_sensitive: { secret: true } };
    const shown = '"x\\n(sensitive value)\\n"';
    expect(changes(before, after, marks)[0]).toEqual({ path: "a", before: shown, after: shown });
  });
});

describe("unknown values", () => {
  test("as a whole", () => {
    expect(changes({ id: "i-1" }, {}, { after_unknown: { id: true } })).toEqual([
      { path: "id", before: '"i-1"', after: UNKNOWN },
    ]);
  });

  test("in maps, beside what is known", () => {
    const after_unknown = { a: { b: { c: true } } };
    const before = { a: { b: { c: 1, d: 2 } } };
    expect(changes(before, { a: { b: { d: 2 } } }, { after_unknown })).toEqual([
      { path: "a.b.c", before: "1", after: UNKNOWN },
    ]);
  });

  test("in lists", () => {
    const after_unknown = { a: [false, true] };
    expect(changes({ a: ["x", "y"] }, { a: ["x", null] }, { after_unknown })).toEqual([
      { path: "a[1]", before: '"y"', after: UNKNOWN },
    ]);
  });

  test("in objects of lists", () => {
    const after_unknown = { a: [{ id: true }] };
    expect(changes({ a: [] }, { a: [{ name: "x" }] }, { after_unknown })).toEqual([
      { path: "a[0].id", after: UNKNOWN },
      { path: "a[0].name", after: '"x"' },
    ]);
  });

  test("of which Terraform knows just the kind", () => {
    const after_unknown = { a: [true, true], tags: {}, list: [] };
    expect(changes(null, {}, { after_unknown })).toEqual([
      { path: "a[0]", after: UNKNOWN },
      { path: "a[1]", after: UNKNOWN },
    ]);
  });

  test("as the whole of an output", () => {
    expect(changes("old", undefined, { after_unknown: true })).toEqual([
      { path: "", before: '"old"', after: UNKNOWN },
    ]);
  });
});

describe("other types", () => {
  test.each([
    ["a text that becomes a map", "x", { b: 1 }, '"x"', '{"b":1}'],
    ["a list that becomes a map", [1], { b: 1 }, "[1]", '{"b":1}'],
    ["a number that becomes a text", 1, "1", "1", '"1"'],
  ])("%s", (_, before, after, shownBefore, shownAfter) => {
    const expected = [{ path: "a", before: shownBefore, after: shownAfter }];
    expect(changes({ a: before }, { a: after })).toEqual(expected);
  });

  test("with what is secret or unknown in them", () => {
    const marks = {
      before_sensitive: { a: { b: true } },
      after_unknown: { a: [{ c: true }] },
    };
    expect(changes({ a: { b: "secret" } }, { a: [{ d: 1 }] }, marks)).toEqual([
      {
        path: "a",
        before: '{"b":"(sensitive value)"}',
        after: '[{"c":"(known after apply)","d":1}]',
      },
    ]);
  });
});

describe("long values", () => {
  test("are cut", () => {
    const [change] = changes({ a: "x" }, { a: "y".repeat(5000) });
    expect(change!.after).toBe(`"${"y".repeat(999)}…`);
  });

  test("are not cut within a character", () => {
    const [change] = changes({ a: "x" }, { a: `${"y".repeat(998)}😀${"y".repeat(99)}` });
    expect(change!.after).toBe(`"${"y".repeat(998)}…`);
  });

  test("in one of several lines, too", () => {
    const [change] = changes({ a: "x\n1\n" }, { a: `x\n${"y".repeat(5000)}\n` });
    expect(change!.lines!.map(({ length }) => length)).toEqual([2, 2, 1001]);
  });
});

describe("what forces the replacement", () => {
  const forced = (before: object, after: object, ...replace_paths: unknown[]) =>
    changes(before, after, { actions: ["delete", "create"], replace_paths })
      .filter(({ forcesReplacement }) => forcesReplacement)
      .map(({ path }) => path);

  test("is the attribute, or what is within it", () => {
    expect(forced({ a: 1, b: 1 }, { a: 2, b: 2 }, ["a"])).toEqual(["a"]);
    expect(forced({ a: { b: 1 }, ab: 1 }, { a: { b: 2 }, ab: 2 }, ["a"])).toEqual(["a.b"]);
    expect(forced({ a: [1, 2] }, { a: [1, 3] }, ["a", 1])).toEqual(["a[1]"]);
    expect(forced({ a: '{"b":1}' }, { a: '{"b":2}' }, ["a"])).toEqual(["a.b"]);
  });

  test("is what is shown as a whole, where it is a part of that", () => {
    expect(forced({ a: [1, 2] }, { a: { b: 1 } }, ["a", 0])).toEqual(["a"]);
  });

  test("is not what only begins alike", () => {
    expect(forced({ a: { b: 1, c: 1 } }, { a: { b: 2, c: 2 } }, ["a", "b"])).toEqual(["a.b"]);
  });
});
