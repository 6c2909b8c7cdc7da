import type { Rule } from "../rule";
import { violations } from "../rule";
import {
  isBlock,
  isTrue,
  nestedBlocks,
  referencesTo,
  resources,
  type Element,
  type StackJson,
  type TerraformBlock,
} from "../terraform-json";

/** Resources with an argument that must be true. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  aws_ami_copy: ["encrypted"],
  aws_db_instance: ["storage_encrypted"],
  aws_ebs_encryption_by_default: ["enabled"],
  aws_ebs_snapshot_copy: ["encrypted"],
  aws_ebs_volume: ["encrypted"],
  aws_efs_file_system: ["encrypted"],
  aws_elasticache_replication_group: ["at_rest_encryption_enabled", "transit_encryption_enabled"],
  aws_rds_cluster: ["storage_encrypted"],
};

/** Resources that are encrypted with a key that is named, or by a service's own. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  aws_kinesis_stream: ["kms_key_id"],
  aws_sns_topic: ["kms_master_key_id"],
  aws_sqs_queue: ["kms_master_key_id", "sqs_managed_sse_enabled"],
};

const INSTANCES = ["aws_instance", "aws_launch_configuration", "aws_spot_instance_request"];

/** What is stored is encrypted, and says so. */
export const encrypted: Rule = {
  name: "encrypted",
  reason:
    "Disks, images and logs hold what clients asked for. An account's or a region's default may be off, so " +
    "encryption is written down where Terraform has an argument for it.",
  violatedBy: { resource: { aws_instance: { open: { root_block_device: { encrypted: false } } } } },
  check: (stack) =>
    resources(stack).flatMap((element) =>
      violations(element, [
        ...namedArguments(element),
        ...disks(element),
        ...repository(element),
        ...bucket(element, stack),
        ...listener(element),
      ]),
    ),
};

function namedArguments({ type, block }: Element): string[] {
  const flags = (FLAGS[type] ?? []).filter((name) => !isTrue(block[name]));
  const keys = KEYS[type] ?? [];
  const hasKey = keys.some((name) => isTrue(block[name]) || isText(block[name]));
  return [
    ...flags.map((name) => `${name} must be true`),
    ...(keys.length === 0 || hasKey ? [] : [`${keys.join(" or ")} must be set`]),
  ];
}

/** Text that says something, and not a switch turned off. */
function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value !== "false";
}

function disks({ type, block }: Element): string[] {
  if (INSTANCES.includes(type)) {
    const roots = nestedBlocks(block, "root_block_device");
    return [
      ...(roots.length === 0 ? ["has no root_block_device with encrypted = true"] : []),
      ...plain("root_block_device", roots),
      ...plain("ebs_block_device", nestedBlocks(block, "ebs_block_device")),
    ];
  }
  if (type === "aws_ecs_service") {
    const volumes = nestedBlocks(block, "volume_configuration").flatMap((volume) =>
      nestedBlocks(volume, "managed_ebs_volume"),
    );
    return plain("volume_configuration.managed_ebs_volume", volumes);
  }
  if (type !== "aws_launch_template") return [];
  const volumes = nestedBlocks(block, "block_device_mappings").flatMap((mapping) =>
    nestedBlocks(mapping, "ebs"),
  );
  return volumes.length === 0
    ? ["has no block_device_mappings with ebs.encrypted = true"]
    : plain("block_device_mappings.ebs", volumes);
}

function plain(name: string, blocks: readonly TerraformBlock[]): string[] {
  return blocks
    .filter(({ encrypted }) => !isTrue(encrypted))
    .map(() => `encrypted must be true in ${name}`);
}

function repository({ type, block }: Element): string[] {
  if (type !== "aws_ecr_repository") return [];
  const kinds = nestedBlocks(block, "encryption_configuration").map(
    ({ encryption_type }) => encryption_type,
  );
  const isEncrypted = kinds.some((kind) => ["AES256", "KMS", "KMS_DSSE"].includes(String(kind)));
  return isEncrypted ? [] : ["encryption_configuration names no encryption_type"];
}

function bucket({ type, address, block }: Element, stack: StackJson): string[] {
  if (type !== "aws_s3_bucket") return [];
  const isConfigured = resources(stack, "aws_s3_bucket_server_side_encryption_configuration").some(
    (configuration) =>
      referencesTo(type, configuration.block["bucket"]).includes(address) ||
      (isText(block["bucket"]) && configuration.block["bucket"] === block["bucket"]),
  );
  return isConfigured ? [] : ["has no aws_s3_bucket_server_side_encryption_configuration"];
}

/** AWS takes small letters, too. */
function isHttp({ protocol }: TerraformBlock): boolean {
  return String(protocol).toUpperCase() === "HTTP";
}

/** A redirect to HTTPS is what plain HTTP is for. */
function listener({ type, block }: Element): string[] {
  if (!["aws_lb_listener", "aws_alb_listener"].includes(type) || !isHttp(block)) return [];
  const redirects = nestedBlocks(block, "default_action").some(
    ({ type: action, redirect }) =>
      action === "redirect" && (isBlock(redirect) || Array.isArray(redirect)),
  );
  return redirects ? [] : ["protocol is HTTP, without a redirect to HTTPS"];
}
