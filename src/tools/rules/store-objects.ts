import { createHash } from "node:crypto";
import {
  indexBody,
  indexChecksum,
  INDEX_KEY,
  setKey,
  setObject,
  type RuleEndpoint,
  VERSION_DIGITS,
} from "../../fleet/rules/rule-objects";
import type { Rules, UnknownClients } from "../../fleet/rules/rule-set";

export interface StoreObjectsProps {
  readonly rules: Rules;
  readonly endpoints: readonly RuleEndpoint[];
  readonly unknownClients: UnknownClients;
  /** What `{region}` stands for in a rule. */
  readonly region: string;
}

/** What a store has, where Terraform does not write it. */
export interface StoreObjects {
  /** By their keys; the index last, as it names what the others are. */
  readonly objects: Readonly<Record<string, string>>;
  /** What the proxies' log calls these rules. */
  readonly version: string;
}

/** The objects of a store. */
export function storeObjects(props: StoreObjectsProps): StoreObjects {
  const { rules, endpoints, unknownClients, region } = props;
  const sets = rules.sets.map((set) => ({ ...set, object: setObject(set, region) }));
  const index = indexBody({
    sets: sets.map(({ name, domainFilter, object }) => ({
      name,
      domainFilter,
      sha256: sha256(object),
    })),
    always: rules.always,
    endpoints,
    unknownClients,
    region,
  });
  const checksum = sha256(index);
  return {
    objects: {
      ...Object.fromEntries(sets.map(({ name, object }) => [setKey(name), object])),
      [INDEX_KEY]: index + indexChecksum(checksum),
    },
    version: checksum.slice(0, VERSION_DIGITS),
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
