import { evaluate, passes, type Waiver } from "../../../src/tools/gate/evaluate";
import { report } from "../../../src/tools/gate/evaluation-report";
import { RULE_NAMES } from "../../../src/configuration/gate-rule-names";

const stack = {
  resource: {
    aws_lb: { one: { internal: false }, other: { internal: false } },
    aws_instance: {
      a: {
        root_block_device: { encrypted: true },
        ebs_block_device: [{}, {}],
        metadata_options: { http_tokens: "required" },
        tags: { Name: "a" },
      },
    },
  },
  provider: { aws: [{ default_tags: { tags: { Project: "a", ManagedBy: "b" } } }] },
};

const NOT_INTERNAL = "internal must be true; without it the load balancer faces the Internet";
const NOT_ENCRYPTED = "encrypted must be true in ebs_block_device";

const waiver = (rule: Waiver["rule"], resource: string, message: string): Waiver => {
  return { rule, resource, message, reason: "told in this test" };
};

function result(...waivers: Waiver[]) {
  return evaluate(stack, { account: "learner-lab", waivers });
}

test("a waiver covers the one violation that it names", () => {
  const one = waiver("nothing-public", "aws_lb.one", NOT_INTERNAL);
  const { violations, waived, stale } = result(one);
  expect(violations.map(({ rule, address }) => [rule.name, address])).toEqual([
    ["nothing-public", "aws_lb.other"],
    ["encrypted", "aws_instance.a"],
    ["encrypted", "aws_instance.a"],
  ]);
  expect(waived).toEqual([one]);
  expect(stale).toEqual([]);
});

test("what is wrong twice at a resource takes two waivers", () => {
  const disk = waiver("encrypted", "aws_instance.a", NOT_ENCRYPTED);
  const messages = result(disk).violations.map(({ message }) => message);
  expect(messages).toEqual([NOT_INTERNAL, NOT_INTERNAL, `${NOT_ENCRYPTED} (2)`]);
});

test("a waiver does not cover what is wrong in a worse way", () => {
  const admits = (cidr: string) => ({
    resource: { aws_vpc_security_group_ingress_rule: { a: { cidr_ipv4: cidr } } },
    provider: stack.provider,
  });
  const address = "aws_vpc_security_group_ingress_rule.a";
  const waivers = [waiver("no-open-ingress", address, "cidr_ipv4 admits 8.0.0.0/8")];
  const check = (cidr: string) => evaluate(admits(cidr), { account: "standard", waivers });
  const named = check("8.0.0.0/8");
  expect(named.waived).toEqual(waivers);
  const worse = check("0.0.0.0/0");
  expect(worse.violations.map(({ rule, message }) => [rule.name, message])).toContainEqual([
    "no-open-ingress",
    "cidr_ipv4 admits 0.0.0.0/0",
  ]);
  expect(worse.stale).toEqual(waivers);
});

test("a waiver that covers nothing is stale, and stops the change as a violation does", () => {
  const used = [
    waiver("nothing-public", "aws_lb.one", NOT_INTERNAL),
    waiver("nothing-public", "aws_lb.other", NOT_INTERNAL),
    waiver("encrypted", "aws_instance.a", NOT_ENCRYPTED),
    waiver("encrypted", "aws_instance.a", `${NOT_ENCRYPTED} (2)`),
  ];
  expect(passes(result(...used))).toBe(true);
  const unused = [
    waiver("encrypted", "aws_lb.one", NOT_ENCRYPTED),
    waiver("nothing-public", "aws_lb.none", NOT_INTERNAL),
    waiver("nothing-public", "aws_lb.one", "internal is false"),
  ];
  const evaluation = result(...used, ...unused);
  expect(evaluation.violations).toEqual([]);
  expect(evaluation.stale).toEqual(unused);
  expect(passes(evaluation)).toBe(false);
  expect(passes(result())).toBe(false);
});

test("the report says what is wrong, why it matters, what is waived, and how many there are", () => {
  const text = report(
    result(
      waiver("nothing-public", "aws_lb.one", NOT_INTERNAL),
      waiver("encrypted", "aws_instance.a", NOT_ENCRYPTED),
      waiver("imdsv2", "aws_instance.none", "http_tokens is not set"),
    ),
  );
  expect(text.split("\n")).toEqual([
    `nothing-public  aws_lb.other  ${NOT_INTERNAL}`,
    expect.stringMatching(/^ {2}Clients come through PrivateLink .*\.$/),
    `encrypted  aws_instance.a  ${NOT_ENCRYPTED} (2)`,
    expect.stringMatching(/^ {2}Disks, images and logs .*\.$/),
    "imdsv2  aws_instance.none  is waived, and the rule does not say there: http_tokens is not set",
    "  Remove the waiver from policy.waivers: it would hide the next violation.",
    `waived: nothing-public  aws_lb.one  ${NOT_INTERNAL}`,
    "  told in this test",
    `waived: encrypted  aws_instance.a  ${NOT_ENCRYPTED}`,
    "  told in this test",
    `${RULE_NAMES.length} rules: 2 violations, 2 waivers, 1 stale waiver.`,
  ]);
});
