import { comment } from "../../../src/tools/plan-review/comment";
import { summarise } from "../../../src/tools/plan-review/summary";
import { terminalTable } from "../../../src/tools/plan-review/change-table";
import { planWith, resourceJson } from "./plan-json";

/** What no plan shows that Terraform makes without a provider, or this version of Terraform at all. */

function table(parts: object): string[] {
  return terminalTable(summarise(planWith(parts))).split("\n");
}

const update = { before: { a: 1, same: "x" }, after: { a: 2, same: "x" } };

test("of many attributes the first five are named", () => {
  const before = Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((name) => [name, 1]));
  const after = { ...before, a: 2, b: 2, c: 2, d: 2, e: 2, f: 2, g: [1] };
  expect(table({ resource_changes: [resourceJson({ before, after })] })[0]).toBe(
    "change  terraform_data.web  a, b, c, d, e and 2 more",
  );
});

test("an attribute that only a part of is known later changes", () => {
  const change = { before: { a: { b: 1 } }, after: { a: {} }, after_unknown: { a: { b: true } } };
  expect(table({ resource_changes: [resourceJson(change)] })[0]).toBe(
    "change  terraform_data.web  a",
  );
});

test("a null is no change of an attribute that is not there", () => {
  const change = { before: { a: null, b: 1 }, after: { b: 2 } };
  expect(table({ resource_changes: [resourceJson(change)] })[0]).toBe(
    "change  terraform_data.web  b",
  );
});

test("what forces a replacement is named once, by its attribute", () => {
  const forced = { replace_paths: [["disk", 0, "size"], ["disk", 1, "size"], ["ami"]] };
  const change = { ...update, ...forced, actions: ["create", "delete"] };
  expect(table({ resource_changes: [resourceJson(change)] })[0]).toBe(
    "replace  terraform_data.web  forced by disk, ami; the new one first",
  );
});

test("a client's DNS firewall that goes comes first, and in the comment's warning; one that is to fail open is named", () => {
  const association =
    "aws_route53_resolver_firewall_rule_group_association.client_client_dns_association";
  const config = "aws_route53_resolver_firewall_config.client_client_dns_failure";
  const resource_changes = [
    resourceJson(update, { address: "aws_ecs_service.service" }),
    resourceJson(
      { before: { firewall_fail_open: "DISABLED" }, after: { firewall_fail_open: "ENABLED" } },
      { address: config },
    ),
    resourceJson({ actions: ["delete"] }, { address: association }),
  ];
  const rows = table({ resource_changes });
  expect(rows[0]).toMatch(`destroy  ${association}`);
  expect(rows[2]).toMatch(new RegExp(`^change +${config} +firewall_fail_open$`));
  const said = comment({ region: "us-east-1", summary: summarise(planWith({ resource_changes })) });
  expect(said).toContain(`| **destroy** | **\`${association}\`** |`);
  expect(said).toContain("> Destroyed or replaced: 1 resource.");
});

test("what Terraform puts off says why", () => {
  const address = { address: "aws_subnet.private[*]" };
  const deferred = (reason: string) => [{ reason, resource_change: resourceJson({}, address) }];
  expect(table({ deferred_changes: deferred("deferred_prereq") })).toEqual([
    "deferred  aws_subnet.private[*]  what it needs is deferred, too",
    "1 deferred",
  ]);
});

test("an object that an earlier replacement has left behind", () => {
  const change = resourceJson({ actions: ["delete"] }, { deposed: "a1b2c3d4" });
  expect(table({ resource_changes: [change] })[0]).toBe(
    "destroy  terraform_data.web  deposed object a1b2c3d4",
  );
});

test("an action and a reason that nobody has heard of are shown", () => {
  const resource_changes = [
    resourceJson({ ...update, actions: ["renew"] }),
    resourceJson(update, { address: "aws_vpc.x", action_reason: "update_because_of_the_moon" }),
  ];
  expect(table({ resource_changes })).toEqual([
    "change  aws_vpc.x           a; update because of the moon",
    "change  terraform_data.web  a; renew",
    "2 to change",
  ]);
});

test("an image that another machine has built is this machine's own affair", () => {
  const image = resourceJson({ actions: ["create"] }, { address: "docker_image.squid_build" });
  const parts = { resource_changes: [image], resource_drift: [image] };
  expect(table(parts)).toEqual([
    "local  docker_image.squid_build  on this machine only; nothing in AWS changes with it",
    "no changes",
  ]);
  expect(comment({ region: "us-east-1", summary: summarise(planWith(parts)) })).not.toContain(
    "Changed outside",
  );
});

test("what has changed outside Terraform is in the comment, and changes nothing by itself", () => {
  const parts = {
    resource_drift: [resourceJson(update, { address: "aws_security_group.nlb_sg" })],
  };
  expect(table(parts)).toEqual(["no changes"]);
  expect(comment({ region: "us-east-1", summary: summarise(planWith(parts)) })).toContain(
    "Changed outside Terraform since its last run: `aws_security_group.nlb_sg a`",
  );
});
