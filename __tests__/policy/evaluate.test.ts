import { evaluate, passes, type Waiver } from "../../src/policy/evaluate";
import { report } from "../../src/policy/report";
import { RULE_NAMES } from "../../src/policy/rule-names";

const stack = {
  resource: {
    aws_lb: { one: { internal: false }, other: { internal: false } },
    aws_ebs_volume: { disk: { encrypted: false, tags: { Name: "disk" } } },
  },
  provider: { aws: [{ default_tags: { tags: { Project: "a", ManagedBy: "b" } } }] },
};

const waiver = (rule: Waiver["rule"], resource: string): Waiver => {
  return { rule, resource, reason: "told in this test" };
};

function result(...waivers: Waiver[]) {
  return evaluate(stack, { account: "learner-lab", waivers });
}

test("a waiver covers its rule at its resource, and no other", () => {
  const { violations, waived, stale } = result(waiver("nothing-public", "aws_lb.one"));
  expect(violations.map(({ rule, address }) => [rule.name, address])).toEqual([
    ["nothing-public", "aws_lb.other"],
    ["encrypted", "aws_ebs_volume.disk"],
  ]);
  expect(waived).toEqual([waiver("nothing-public", "aws_lb.one")]);
  expect(stale).toEqual([]);
});

test("a waiver that covers nothing is stale, and stops the change as a violation does", () => {
  const used = [
    waiver("nothing-public", "aws_lb.one"),
    waiver("nothing-public", "aws_lb.other"),
    waiver("encrypted", "aws_ebs_volume.disk"),
  ];
  expect(passes(result(...used))).toBe(true);
  const unused = [waiver("encrypted", "aws_lb.one"), waiver("nothing-public", "aws_lb.none")];
  const evaluation = result(...used, ...unused);
  expect(evaluation.violations).toEqual([]);
  expect(evaluation.stale).toEqual(unused);
  expect(passes(evaluation)).toBe(false);
  expect(passes(result())).toBe(false);
});

test("the report says what is wrong, why it matters, what is waived, and how many there are", () => {
  const text = report(
    result(waiver("nothing-public", "aws_lb.one"), waiver("imdsv2", "aws_instance.none")),
  );
  expect(text.split("\n")).toEqual([
    "nothing-public  aws_lb.other  internal must be true; without it the load balancer faces the Internet",
    expect.stringMatching(/^ {2}Clients come through PrivateLink .*\.$/),
    "encrypted  aws_ebs_volume.disk  encrypted must be true",
    expect.stringMatching(/^ {2}Disks, images and logs .*\.$/),
    "imdsv2  aws_instance.none  is waived, and nothing there breaks the rule",
    "  Remove the waiver from policy.waivers: it would hide the next violation.",
    "waived: nothing-public  aws_lb.one  told in this test",
    `${RULE_NAMES.length} rules: 2 violations, 1 waiver, 1 stale waiver.`,
  ]);
});
