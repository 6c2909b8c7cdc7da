import type { Settings } from "../settings";

/** Whoever comes through an endpoint that nobody has named. */
export const UNKNOWN_USER = "unknown";

/** The settings that say who has which rules. */
export type RuleSettings = Pick<Settings, "clients" | "consumers">;

/** Somebody whom the settings name, and the rules that hold for what comes through their endpoint. */
export interface RuleUser {
  readonly name: string;
  /** The name of the rule set. */
  readonly rules: string;
  /** Whether `Rules.always` holds for them, too. */
  readonly always: boolean;
  /** Of a consumer, whose endpoint is not the fleet's. */
  readonly endpointId?: string;
}

/** The fleet's own clients, which always reach Session Manager, and the consumers. */
export function ruleUsers({ clients, consumers }: RuleSettings): RuleUser[] {
  return [
    ...clients.map(({ name, rules }) => ({ name, rules, always: true })),
    ...consumers.map((consumer) => ({ ...consumer, always: false })),
  ];
}
