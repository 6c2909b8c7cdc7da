import type { Rule } from "../rule";
import { violations } from "../rule";
import { isBlock, isTrue, nestedBlocks, resources, type TerraformBlock } from "../terraform-json";

/** What is wrong with a resource, by its type. */
const CHECKS: Readonly<Record<string, (block: TerraformBlock) => string[]>> = {
  aws_ecr_repository: repository,
  aws_ecs_service: volumes,
  aws_instance: disks,
  aws_lb_listener: listener,
};

/** What is stored is encrypted, and says so. */
export const encrypted: Rule = {
  name: "encrypted",
  reason:
    "Disks, images and logs hold what clients asked for. An account's or a region's default may be off, so " +
    "encryption is written down where Terraform has an argument for it.",
  violatedBy: { resource: { aws_instance: { open: { root_block_device: { encrypted: false } } } } },
  check: (stack) =>
    Object.entries(CHECKS).flatMap(([type, check]) =>
      resources(stack, type).flatMap((element) => violations(element, check(element.block))),
    ),
};

function repository(block: TerraformBlock): string[] {
  const kinds = nestedBlocks(block, "encryption_configuration").map(
    ({ encryption_type }) => encryption_type,
  );
  const isEncrypted = kinds.some((kind) => ["AES256", "KMS", "KMS_DSSE"].includes(String(kind)));
  return isEncrypted ? [] : ["encryption_configuration names no encryption_type"];
}

function volumes(block: TerraformBlock): string[] {
  const managed = nestedBlocks(block, "volume_configuration").flatMap((volume) =>
    nestedBlocks(volume, "managed_ebs_volume"),
  );
  return plain("volume_configuration.managed_ebs_volume", managed);
}

function disks(block: TerraformBlock): string[] {
  const roots = nestedBlocks(block, "root_block_device");
  return [
    ...(roots.length === 0 ? ["has no root_block_device with encrypted = true"] : []),
    ...plain("root_block_device", roots),
    ...plain("ebs_block_device", nestedBlocks(block, "ebs_block_device")),
  ];
}

function plain(name: string, blocks: readonly TerraformBlock[]): string[] {
  return blocks
    .filter(({ encrypted }) => !isTrue(encrypted))
    .map(() => `encrypted must be true in ${name}`);
}

/** A redirect to HTTPS is what plain HTTP is for. AWS takes small letters, too. */
function listener(block: TerraformBlock): string[] {
  if (String(block["protocol"]).toUpperCase() !== "HTTP") return [];
  const redirects = nestedBlocks(block, "default_action").some(
    ({ type: action, redirect }) =>
      action === "redirect" && (isBlock(redirect) || Array.isArray(redirect)),
  );
  return redirects ? [] : ["protocol is HTTP, without a redirect to HTTPS"];
}
