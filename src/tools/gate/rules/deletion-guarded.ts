import { GUARDS } from "../../../fleet/stack/deletion-guard";
import type { Rule } from "../rule";
import { violations } from "../rule";
import { isFalse, isTrue, nestedBlocks, resources, type TerraformBlock } from "../terraform-json";

/** What cannot be made again as it was does not go by mistake. */
export const deletionGuarded: Rule = {
  name: "deletion-guarded",
  reason:
    "In an ordinary account others depend on the fleet. What cannot be made again as it was is guarded by Terraform, " +
    'and by AWS where AWS can, as with "deletionProtection": "on".',
  violatedBy: { resource: { aws_eip: { open: { domain: "vpc" } } } },
  check: (stack, { account }) =>
    account === "learner-lab"
      ? []
      : resources(stack, ...Object.keys(GUARDS)).flatMap((element) =>
          violations(element, wrongWith(element.type, element.block)),
        ),
};

function wrongWith(type: string, block: TerraformBlock): string[] {
  const isPrevented = nestedBlocks(block, "lifecycle").some(({ prevent_destroy }) =>
    isTrue(prevent_destroy),
  );
  const { on = {} } = GUARDS[type] ?? {};
  return [
    ...(isPrevented ? [] : ["prevent_destroy must be true in lifecycle"]),
    ...Object.entries(on)
      .filter(([name, value]) => !(value ? isTrue(block[name]) : isFalse(block[name] ?? false)))
      .map(([name, value]) => `${name} must be ${value}`),
  ];
}
