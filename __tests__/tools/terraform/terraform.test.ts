import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FLEETS, synthFleet } from "../../helpers/fleet";
import { describeWith, TERRAFORM } from "../../helpers/tools";

describeWith([TERRAFORM], "Terraform itself reads the JSON", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "terraform-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  // The one command that reads the whole configuration before any provider is downloaded.
  test.each(Object.entries(FLEETS))("of the fleet with %s", (_, settings) => {
    const { terraform, ...rest } = synthFleet(settings);
    const json = { ...rest, terraform: { ...terraform, backend: undefined } };
    writeFileSync(path.join(directory, "cdk.tf.json"), JSON.stringify(json));
    const { status, stdout } = spawnSync("terraform", ["providers", "-no-color"], {
      cwd: directory,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("provider[registry.terraform.io/hashicorp/aws] 6.25.0");
  });
});
