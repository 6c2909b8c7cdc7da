import { changedAttributes } from "./changed-attributes";
import type { Plan, ResourceChange } from "./plan";
import { printable, printableLine } from "../../common/printable";
import { ruleChanges, type RuleChange } from "./rule-changes";

/** What happens to a resource, the most dangerous first. */
const ACTIONS = [
  "destroy",
  "replace",
  "forget",
  "create",
  "change",
  "import",
  "move",
  "read",
] as const;

export type Action = (typeof ACTIONS)[number];

/** The actions after which something is gone. */
export const DESTRUCTIVE: readonly Action[] = ["destroy", "replace"];

/**
 * Resources of the machine that runs Terraform. An image that another machine built is always
 * "to be created" on this one, and nothing in AWS changes with it.
 */
const LOCAL_TYPES = ["docker_image"];

/** Terraform's names of what happens to a resource; a replacement is two of them. */
const KNOWN_ACTIONS = ["no-op", "create", "read", "update", "delete", "forget"];

/**
 * Terraform's reasons, as a reader wants them. One that is not here is shown in its own words.
 * Source: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "tainted",
  replace_by_request: "asked for with -replace",
  replace_by_triggers: "forced by replace_triggered_by",
  delete_because_no_resource_config: "not in the configuration",
  delete_because_no_module: "its module is not in the configuration",
  delete_because_wrong_repetition: "count or for_each has come or gone",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is not in for_each",
  delete_because_no_move_target: "where it was moved to is not in the configuration",
  instance_count_unknown: "how many there are is not known yet",
  resource_config_unknown: "its configuration is not known yet",
  provider_config_unknown: "its provider's configuration is not known yet",
  deferred_prereq: "what it needs is deferred, too",
  absent_prereq: "what it needs does not exist yet",
};

/** One resource of a plan. */
export interface PlannedChange {
  readonly action: Action;
  readonly address: string;
  /** Why, where the attributes do not say it: what forces a replacement, where it comes from. */
  readonly reason: string;
  /** The attributes of an update that change. Their values are in Terraform's own text. */
  readonly attributes: readonly string[];
}

/** A plan as a reviewer reads it. */
export interface Summary {
  readonly terraformVersion: string;
  /** What happens to the resources, the most dangerous first. */
  readonly changes: readonly PlannedChange[];
  /** What the planning machine makes for itself. */
  readonly local: readonly PlannedChange[];
  /** The lines of the rules that change. */
  readonly rules: readonly RuleChange[];
  /** The names of the outputs that change. */
  readonly outputs: readonly string[];
  /** What somebody or something else has changed since Terraform last looked. */
  readonly drift: readonly PlannedChange[];
  /** What Terraform can plan only after other changes. */
  readonly deferred: readonly PlannedChange[];
  /** The messages of failed conditions. */
  readonly failedChecks: readonly string[];
  /** Whether Terraform gave up before the plan was whole. */
  readonly incomplete: boolean;
}

/** Sorts out what a plan changes. */
export function summarise(plan: Plan): Summary {
  const changes = plan.resource_changes.flatMap(plannedChange).sort(byDanger);
  const isLocal = ({ address }: PlannedChange) => {
    return LOCAL_TYPES.some((type) => address.startsWith(`${type}.`));
  };
  return {
    terraformVersion: plan.terraform_version,
    changes: changes.filter((change) => !isLocal(change)),
    local: changes.filter(isLocal),
    rules: ruleChanges(plan),
    outputs: Object.entries(plan.output_changes)
      .filter(([, { actions }]) => !actions.includes("no-op"))
      .map(([name]) => printableLine(name)),
    drift: plan.resource_drift
      .flatMap(plannedChange)
      .filter((change) => !isLocal(change) && change.action !== "move")
      .sort(byDanger),
    deferred: plan.deferred_changes
      .flatMap(({ reason, resource_change }) =>
        plannedChange(resource_change).map((change) => ({
          ...change,
          reason: printableLine(inWords(reason)),
        })),
      )
      .sort(byDanger),
    failedChecks: plan.checks
      .filter(({ status }) => status === "fail")
      .flatMap(({ address, instances }) =>
        instances
          .flatMap(({ problems }) => problems)
          .map(({ message }) => `${address.to_display}: ${message}`),
      )
      .map(printable),
    incomplete: plan.errored,
  };
}

/** Whether applying the plan would do anything outside the machine that does it. */
export function changesAnything({ changes, outputs, deferred }: Summary): boolean {
  const effective = changes.filter(({ action }) => action !== "read");
  return effective.length + outputs.length + deferred.length > 0;
}

/** How many resources have each fate, such as "1 to destroy, 2 to create". */
export function counts({ changes, outputs, deferred }: Summary): string {
  const fates = ACTIONS.filter((action) => action !== "read").map((action) => ({
    count: changes.filter((change) => change.action === action).length,
    fate: `to ${action}`,
  }));
  const others = [
    { count: deferred.length, fate: "deferred" },
    { count: outputs.length, fate: outputs.length === 1 ? "output changes" : "outputs change" },
  ];
  return [...fates, ...others]
    .filter(({ count }) => count > 0)
    .map(({ count, fate }) => `${count} ${fate}`)
    .join(", ");
}

function plannedChange(resource: ResourceChange): PlannedChange[] {
  const action = actionOf(resource);
  if (action === undefined) return [];
  const reason = [
    reasonOf(resource),
    action === "replace" && resource.change.actions[0] === "create" ? "the new one first" : "",
    resource.deposed === undefined ? "" : `deposed object ${resource.deposed}`,
    resource.previous_address === undefined ? "" : `moved from ${resource.previous_address}`,
    resource.change.importing === undefined ? "" : importedFrom(resource.change.importing),
  ];
  return [
    {
      action,
      address: printableLine(resource.address),
      reason: printableLine(reason.filter((text) => text !== "").join("; ")),
      attributes: changedAttributes(resource.change).map(printableLine),
    },
  ];
}

/** @returns nothing for a resource that stays as it is. */
function actionOf({ change, address, previous_address }: ResourceChange): Action | undefined {
  const { actions, importing } = change;
  if (actions.includes("delete")) return actions.includes("create") ? "replace" : "destroy";
  if (actions.includes("forget")) return actions.includes("create") ? "replace" : "forget";
  if (actions.includes("create")) return "create";
  if (actions.includes("update")) return "change";
  if (actions.includes("read")) return "read";
  // What a later Terraform may do, too, is shown rather than passed over.
  if (actions.some((name) => name !== "no-op")) return "change";
  if (importing !== undefined) return "import";
  return previous_address !== undefined && previous_address !== address ? "move" : undefined;
}

function reasonOf({ change, action_reason }: ResourceChange): string {
  const forced = [...new Set(change.replace_paths.map(([attribute]) => String(attribute ?? "")))];
  if (forced.length > 0) return `forced by ${forced.join(", ")}`;
  const unknown = change.actions.filter((name) => !KNOWN_ACTIONS.includes(name));
  if (unknown.length > 0) return unknown.join(", ");
  return action_reason === undefined ? "" : inWords(action_reason);
}

function inWords(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll("_", " ");
}

function importedFrom({ id }: { id?: string | undefined }): string {
  return id === undefined ? "imported" : `imported from ${id}`;
}

function byDanger(one: PlannedChange, other: PlannedChange): number {
  const rank = ({ action }: PlannedChange) => ACTIONS.indexOf(action);
  return rank(one) - rank(other) || (one.address < other.address ? -1 : 1);
}
