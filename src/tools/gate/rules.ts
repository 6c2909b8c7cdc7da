import type { Rule } from "./rule";
import { bucketsClosed } from "./rules/buckets-closed";
import { deletionGuarded } from "./rules/deletion-guarded";
import { dnsClosed } from "./rules/dns-closed";
import { encrypted } from "./rules/encrypted";
import { imagesImmutable } from "./rules/images-immutable";
import { imdsv2 } from "./rules/imdsv2";
import { logsRetained } from "./rules/logs-retained";
import { nameLimits } from "./rules/name-limits";
import { noOpenIngress } from "./rules/no-open-ingress";
import { noWildcardIam } from "./rules/no-wildcard-iam";
import { nothingPublic } from "./rules/nothing-public";
import { readable } from "./rules/readable";
import { tagged } from "./rules/tagged";

/** All rules of the gate, in the order of their names' list. */
export const RULES: readonly Rule[] = [
  readable,
  noOpenIngress,
  nothingPublic,
  bucketsClosed,
  dnsClosed,
  encrypted,
  imdsv2,
  noWildcardIam,
  logsRetained,
  imagesImmutable,
  deletionGuarded,
  tagged,
  nameLimits,
];
