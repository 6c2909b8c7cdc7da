import { Aspects } from "cdktf";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import {
  DeletionGuard,
  GUARDS,
  type DeletionProtection,
} from "../../../src/fleet/stack/deletion-guard";
import { takesArgument } from "../../helpers/bindings";
import { synthFleet } from "../../helpers/fleet";
import { only, synthWith, type TerraformBlock, type TerraformJson } from "../../helpers/synth";

/** The fleet's resources that Terraform would not destroy. */
function prevented(json: TerraformJson): string[] {
  return Object.entries(json.resource)
    .flatMap(([type, blocks]) =>
      Object.entries(blocks)
        .filter(
          ([, { lifecycle }]) => (lifecycle as TerraformBlock | undefined)?.["prevent_destroy"],
        )
        .map(([name]) => `${type}.${name}`),
    )
    .sort();
}

test("in an ordinary account, what is hard to replace is guarded, by Terraform and by AWS", () => {
  const json = synthFleet({ account: "standard" });
  expect(prevented(json)).toEqual([
    "aws_cloudwatch_log_group.logs",
    "aws_ecr_repository.squid",
    "aws_eip.service_nat_1_address",
    "aws_eip.service_nat_2_address",
    "aws_lb.nlb",
    "aws_s3_bucket.rules",
    "aws_vpc_endpoint_service.link",
  ]);
  expect(only(json, "aws_lb")).toMatchObject({ enable_deletion_protection: true });
  expect(only(json, "aws_ecr_repository")).toMatchObject({ force_delete: false });
  expect(only(json, "aws_s3_bucket")).toMatchObject({ force_destroy: false });
  expect(only(json, "aws_cloudwatch_log_group")).toMatchObject({
    deletion_protection_enabled: true,
  });
});

test("in a lab everything can be destroyed, the images and the rules too", () => {
  const json = synthFleet();
  expect(prevented(json)).toEqual([]);
  expect(only(json, "aws_lb")).not.toHaveProperty("enable_deletion_protection");
  expect(only(json, "aws_ecr_repository")).toMatchObject({ force_delete: true });
  expect(only(json, "aws_s3_bucket")).toMatchObject({ force_destroy: true });
});

test("a log group's protection is taken back in so many words", () => {
  const json = synthFleet({ account: "standard", deletionProtection: "off" });
  expect(only(json, "aws_cloudwatch_log_group")).toMatchObject({
    deletion_protection_enabled: false,
  });
  expect(prevented(json)).toEqual([]);
});

test("a resource keeps the lifecycle that it has", () => {
  const eip = (protection: DeletionProtection) =>
    only(
      synthWith((stack) => {
        new Eip(stack, "address", { lifecycle: { ignoreChanges: ["tags"] } });
        Aspects.of(stack).add(new DeletionGuard(protection));
      }),
      "aws_eip",
    )["lifecycle"];
  expect(eip("on")).toEqual({ ignore_changes: ["tags"], prevent_destroy: true });
  expect(eip("off")).toEqual({ ignore_changes: ["tags"] });
});

test("every guard has a reason, and arguments that its type takes", () => {
  for (const [type, { reason, on = {}, off = {} }] of Object.entries(GUARDS)) {
    expect(reason).toMatch(/^[A-Z].{20,}/);
    for (const name of Object.keys({ ...on, ...off })) {
      expect([type, name, takesArgument(type, name)]).toEqual([type, name, true]);
    }
  }
});
