import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { CHECKOUT } from "../../helpers/checkout";
import { synthFleet } from "../../helpers/fleet";
import { CHECKOV, describeWith } from "../../helpers/tools";

const CONFIG = path.join(CHECKOUT, ".checkov.yaml");

/** checkov asks its package's registry for a newer version unless it is told not to. */
const ISOLATED = { CKV_SKIP_PACKAGE_UPDATE_CHECK: "true" };

interface Check {
  readonly check_id: string;
  readonly resource: string;
}

/** checkov's answer, as far as the tests look into it. */
interface Answer {
  readonly results: Record<"passed_checks" | "failed_checks", Check[]>;
  readonly summary: { readonly parsing_errors: number };
}

// It takes seconds to start, and is started twice.
jest.setTimeout(120_000);

describeWith([CHECKOV], "checkov", () => {
  let directory: string;
  const config = parse(readFileSync(CONFIG, "utf8"));

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "checkov-"));
    for (const account of ["learner-lab", "standard"]) {
      // A version there is text where checkov expects a block.
      const stack = { ...synthFleet({ account }), terraform: undefined };
      mkdirSync(path.join(directory, "stacks", account), { recursive: true });
      writeFileSync(
        path.join(directory, "stacks", account, "cdk.tf.json"),
        JSON.stringify(stack, null, 2),
      );
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Runs checkov on both stacks, with a configuration file in place of whatever the machine has. */
  function run(configuration: object): Answer {
    const file = path.join(directory, "checkov.yaml");
    writeFileSync(file, JSON.stringify(configuration));
    const { stdout, stderr } = spawnSync(
      "checkov",
      ["--config-file", file, "--directory", "stacks", "--output", "json"],
      { cwd: directory, env: { ...process.env, ...ISOLATED, HOME: directory }, encoding: "utf8" },
    );
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as Answer;
  }

  test("finds nothing in the fleet but what is skipped, and has looked at it", () => {
    const { results, summary } = run(config);
    expect(summary.parsing_errors).toBe(0);
    expect(results.failed_checks.map(({ check_id, resource }) => [check_id, resource])).toEqual([]);
    const seen = new Set(results.passed_checks.map(({ resource }) => resource));
    expect([...seen]).toEqual(
      expect.arrayContaining([
        "aws_lb.nlb",
        "aws_instance.client_client_instance",
        "aws_security_group.proxy_sg",
      ]),
    );
    expect(results.passed_checks.length).toBeGreaterThan(100);
  });

  test("would find each thing that is skipped", () => {
    const { results } = run({ ...config, "skip-check": undefined });
    const failed = new Set(results.failed_checks.map(({ check_id }) => check_id));
    expect([...failed].sort()).toEqual([...config["skip-check"]].sort());
  });
});
