import { fingerprint } from "../../../src/tools/plan-review/fingerprint";
import { planWith, resourceJson } from "./plan-json";

/** A plan with something of every kind in it. */
const PARTS = {
  timestamp: "2026-01-01T00:00:00Z",
  prior_state: { values: { outputs: {} } },
  resource_changes: [
    resourceJson({
      actions: ["update"],
      before: { task: "a:1", desired_count: 3, revision: 1 },
      after: { task: "a:2", desired_count: 3, revision: 1 },
      after_unknown: { revision: true },
    }),
    resourceJson({
      actions: ["delete", "create"],
      before: { a: 1, tags: { x: "1", y: "2" } },
      after: { a: 2, tags: { x: "1", y: "2" } },
      after_unknown: { id: true },
      replace_paths: [["a"]],
    }),
    resourceJson({ actions: ["no-op"], before: { status: "old" }, after: { status: "old" } }),
  ],
  resource_drift: [resourceJson({ before: { a: 0 } })],
  deferred_changes: [{ reason: "provider_config_unknown", resource_change: resourceJson() }],
  output_changes: {
    url: { actions: ["update"], before: "a", after: "b" },
    same: { actions: ["no-op"], before: "a", after: "a" },
  },
};
const STACK = '{"resource":{}}';
const EXPECTED = fingerprint(planWith(PARTS), STACK);

/** The plan with one thing in it changed; `path` is as in `a.0.b`. */
function edited(path: string, value: unknown): string {
  const parts = structuredClone(PARTS) as Record<string, unknown>;
  const keys = path.split(".");
  const parent = keys.slice(0, -1).reduce((inner, key) => inner[key] as typeof parts, parts);
  const last = keys.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return fingerprint(planWith(parts), STACK);
}

/** The value with the keys of all its objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const);
  return Object.fromEntries(entries.reverse());
}

describe("the fingerprint stays", () => {
  test("whatever the order of keys", () => {
    expect(fingerprint(planWith(reversed(PARTS) as object), STACK)).toBe(EXPECTED);
  });

  test.each([
    ["when the plan was made", "timestamp", "2027-01-01T00:00:00Z"],
    ["by which Terraform", "terraform_version", "1.12.0"],
    ["what the state had", "prior_state.values.outputs", { x: 1 }],
    ["what has drifted", "resource_drift.0.change.before.a", 9],
    ["what a resource is like that stays", "resource_changes.2.change.before.status", "new"],
    ["resources that stay", "resource_changes.length", 2],
    ["outputs that stay", "output_changes.same", undefined],
    ["what else Terraform says of a resource", "resource_changes.1.provider_name", "x"],
  ])("whatever it is: %s", (_, path, value) => {
    expect(edited(path, value)).toBe(EXPECTED);
  });
});

test.each([
  ["a value", "resource_changes.1.change.after.a", 3],
  ["a value's type", "resource_changes.1.change.after.a", "2"],
  ["a value deep inside", "resource_changes.1.change.after.tags.y", "3"],
  ["a key", "resource_changes.1.change.after.tags.z", "3"],
  ["a key less", "resource_changes.1.change.after.tags.y", undefined],
  ["the value before", "resource_changes.1.change.before.a", 0],
  ["what is unknown", "resource_changes.1.change.after_unknown", {}],
  ["the actions", "resource_changes.1.change.actions", ["update"]],
  ["the order of the actions", "resource_changes.1.change.actions", ["create", "delete"]],
  ["what forces the replacement", "resource_changes.1.change.replace_paths", [["b"]]],
  ["the reason", "resource_changes.1.action_reason", "replace_because_tainted"],
  ["the address", "resource_changes.1.address", "terraform_data.other"],
  ["the address before", "resource_changes.1.previous_address", "terraform_data.other"],
  ["an import", "resource_changes.1.change.importing", { id: "x" }],
  ["an import by identity", "resource_changes.1.change.importing", { identity: { a: "x" } }],
  ["a deposed object", "resource_changes.1.deposed", "00000000"],
  ["a resource more", "resource_changes.2", resourceJson()],
  ["a move", "resource_changes.2.previous_address", "terraform_data.other"],
  ["an import of what stays", "resource_changes.2.change.importing", { id: "x" }],
  ["an output's value", "output_changes.url.after", "c"],
  ["an output's action", "output_changes.url.actions", ["delete"]],
  ["an output more", "output_changes.new", { actions: ["create"], before: null, after: 1 }],
  ["an output less", "output_changes.url", undefined],
  ["a deferred change", "deferred_changes.0.resource_change.change.after", { a: 1 }],
  ["the reason to defer", "deferred_changes.0.reason", "instance_count_unknown"],
  ["no deferred change", "deferred_changes", []],
])("the fingerprint changes with %s", (_, path, value) => {
  expect(edited(path, value)).not.toBe(EXPECTED);
});

test("two imports by different identities are two changes", () => {
  const importing = (a: string) =>
    edited("resource_changes.1.change.importing", { identity: { a } });
  expect(importing("x")).not.toBe(importing("y"));
});

test("the fingerprint is a hash", () => expect(EXPECTED).toMatch(/^[0-9a-f]{64}$/));

test("an update is another only by what it changes: auto scaling may have moved the rest", () => {
  const scaled = JSON.stringify(PARTS).replaceAll('"desired_count":3', '"desired_count":4');
  expect(fingerprint(planWith(JSON.parse(scaled)), STACK)).toBe(EXPECTED);
  expect(edited("resource_changes.0.change.after.desired_count", 4)).not.toBe(EXPECTED);
  expect(edited("resource_changes.0.change.after.task", "a:3")).not.toBe(EXPECTED);
  expect(edited("resource_changes.0.change.before.revision", 2)).not.toBe(EXPECTED);
});

test("a stack is another by what is known only after its deployment", () => {
  expect(fingerprint(planWith(PARTS), '{"resource":{"a":"${b.c.id} more"}}')).not.toBe(EXPECTED);
});
