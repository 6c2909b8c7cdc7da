import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TerraformBlock, TerraformJson } from "./synth";

/*
 * A stack's conditions, evaluated by Terraform itself, without the AWS provider: what AWS would say is a
 * local value here, and whatever has conditions is a `terraform_data`.
 */

interface Condition {
  readonly condition: string;
  readonly error_message: string;
}

/** What AWS knows of elements, by their addresses with `_` in place of dots, without `data`. */
export type Known = Readonly<Record<string, object>>;

/** References to what a stack looks up or makes as those to the local values that stand for it. */
export function localised(text: string): string {
  return text
    .replaceAll(/\bdata\.(aws_\w+)\.(\w+)/g, "local.$1_$2")
    .replaceAll(/(?<!\.)\b(aws_subnet|aws_vpc_endpoint_service)\.(\w+)/g, "local.$1_$2");
}

/** A folder for plans of a stack's conditions. */
export class ConditionsPlan {
  private readonly directory = mkdtempSync(path.join(tmpdir(), "conditions-"));

  /**
   * @param fitting what AWS says where nothing is wrong.
   * @param resources the resources with conditions, by the names of the local values that stand for them; all data
   * sources with conditions are looked at.
   * @param besides what is planned with the conditions, as `terraform_data`.
   */
  constructor(
    private readonly json: TerraformJson,
    private readonly fitting: Known,
    private readonly resources: Readonly<Record<string, TerraformBlock>> = {},
    private readonly besides: Readonly<Record<string, object>> = {},
  ) {}

  /**
   * What Terraform says, in one line.
   *
   * @param differing the parts of the fitting that are otherwise.
   */
  run(differing: Known = {}): string {
    const changed = Object.entries(differing).map(([name, part]) => [
      name,
      { ...this.fitting[name], ...part },
    ]);
    const configuration = {
      locals: { ...this.fitting, ...Object.fromEntries(changed) },
      resource: { terraform_data: { ...this.checked(), ...this.besides } },
    };
    writeFileSync(path.join(this.directory, "main.tf.json"), JSON.stringify(configuration));
    for (const args of [["init"], ["plan", "-no-color"]]) {
      const { status, stdout, stderr } = spawnSync("terraform", args, {
        cwd: this.directory,
        encoding: "utf8",
      });
      if (status !== 0) return stderr.replaceAll(/\s*\n[│\s]*/g, " ");
      if (args[0] === "plan") return stdout;
    }
    throw new Error("unreachable");
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private checked(): Record<string, object> {
    const looked = Object.entries(this.json.data ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks)
        .filter(([, block]) => block["lifecycle"] !== undefined)
        .map(([name, block]): [string, TerraformBlock] => [`${type}_${name}`, block]),
    );
    return Object.fromEntries(
      [...looked, ...Object.entries(this.resources)].map(([name, block]) => [
        name,
        { lifecycle: { precondition: conditionsOf(block, name) } },
      ]),
    );
  }
}

function conditionsOf(block: TerraformBlock, self: string): Condition[] {
  const { precondition = [], postcondition = [] } = block["lifecycle"] as Record<
    string,
    Condition[]
  >;
  const local = (text: string) => localised(text).replaceAll(/\bself\./g, `local.${self}.`);
  return [...precondition, ...postcondition].map(({ condition, error_message }) => ({
    condition: local(condition),
    error_message: local(error_message),
  }));
}
