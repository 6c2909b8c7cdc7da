import { parsePlan, type Plan } from "../../../src/tools/plan-review/plan";

/** A change as Terraform writes it, an update unless it says otherwise. */
export function changeJson(change: object = {}): object {
  return {
    actions: ["update"],
    before: {},
    after: {},
    after_unknown: {},
    before_sensitive: {},
    after_sensitive: {},
    ...change,
  };
}

/** A resource of a plan, with what is special about its change and about itself. */
export function resourceJson(change: object = {}, resource: object = {}): object {
  return {
    address: "terraform_data.web",
    mode: "managed",
    type: "terraform_data",
    name: "web",
    provider_name: "terraform.io/builtin/terraform",
    ...resource,
    change: changeJson(change),
  };
}

/** The JSON of a plan, with the parts that matter. */
export function planJson(parts: object = {}): string {
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: {} },
    ...parts,
  });
}

/** A plan, with the parts that matter. */
export function planWith(parts: object): Plan {
  return parsePlan(planJson(parts), "plan.json");
}
