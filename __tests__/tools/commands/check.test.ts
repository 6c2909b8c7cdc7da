import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { loadConfiguration } from "../../../src/configuration/configuration";
import { INDEX_KEY } from "../../../src/fleet/rules/rule-objects";
import { storeObjects } from "../../../src/tools/rules/store-objects";
import { CHECKOUT, copyRules, writeRuleSet } from "../../helpers/checkout";
import {
  apiError,
  invocation,
  SystemsManager,
  TASK_DEFINITION,
} from "../../helpers/systems-manager";
import { COMPOSE, describeWith, DOCKER, TERRAFORM } from "../../helpers/tools";

const REGION = "us-east-1";
const INSTANCE = "i-0123456789abcdef0";

/** Says what it was given, and ends as the test wants. */
const SCRIPT = `
echo "TAP version 13"
echo "# $SITE $EGRESS_ADDRESSES"
`;

jest.setTimeout(60_000);

describeWith([TERRAFORM], "`npm run check`", () => {
  let root: string;
  let ssm: SystemsManager;

  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), "check-"));
    for (const part of ["src", "squid", "client"]) {
      cpSync(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
    }
    copyRules(root);
    symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(root, "node_modules"));
    configure({});
    script(SCRIPT);
    ssm = new SystemsManager();
    await ssm.start();
  });

  afterEach(() => {
    ssm.stop();
    rmSync(root, { recursive: true });
  });

  function configure(settings: unknown): void {
    const config = { language: "typescript", app: "true", context: { "proxy-fleet": settings } };
    writeFileSync(path.join(root, "cdktf.json"), JSON.stringify(config));
  }

  function script(content: string): void {
    writeFileSync(path.join(root, "client", "check.sh"), content);
  }

  /** A local state, as a deployment in the region leaves it, with these instances. */
  function deployed(
    instances: Readonly<Record<string, string>>,
    natPublicIps: readonly string[] = ["192.0.2.1", "192.0.2.2"],
  ): void {
    const directory = path.join(root, "terraform.tfstate.d", "proxy", REGION);
    mkdirSync(directory, { recursive: true });
    const ids = Object.entries(instances).map(([client, value]) => [
      `${client}_instance_id`,
      { value, type: "string" },
    ]);
    const addresses = { value: natPublicIps, type: ["list", "string"] };
    const state = {
      version: 4,
      terraform_version: "1.11.4",
      serial: 1,
      lineage: "00000000-0000-0000-0000-000000000000",
      outputs: {
        ...Object.fromEntries(ids),
        ...(natPublicIps.length > 0 && { nat_public_ips: addresses }),
      },
      resources: [
        resource("aws_ecs_cluster", { name: "proxy-cluster" }),
        resource("aws_ecs_task_definition", { arn: TASK_DEFINITION }),
        resource("aws_ecs_service", { name: "proxy-service" }),
        resource("aws_s3_object", { key: INDEX_KEY, content: index() }),
      ],
    };
    writeFileSync(path.join(directory, "terraform.tfstate"), JSON.stringify(state));
  }

  /** That of the checkout's rules, with an endpoint. */
  function index(): string {
    const { rules, settings } = loadConfiguration(root, {});
    const { unknownClients } = settings;
    const endpoint = { endpointId: "vpce-1", name: "client", rules: "default", always: true };
    const props = { rules, unknownClients, endpoints: [endpoint], region: REGION };
    return storeObjects(props).objects[INDEX_KEY]!;
  }

  function resource(type: string, attributes: object) {
    const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
    const instances = [{ schema_version: 0, attributes }];
    return { mode: "managed", type, name: "proxy", provider, instances };
  }

  function start(args: readonly string[], variables: Readonly<Record<string, string>>) {
    const command = ["--require", "sucrase/register/ts", "src/tools/commands/check.ts", ...args];
    return spawn(process.execPath, command, {
      cwd: root,
      env: {
        PATH: process.env["PATH"],
        CHECKPOINT_DISABLE: "1",
        TF_WORKSPACE: REGION,
        AWS_ENDPOINT_URL: ssm.endpoint,
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        ...variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async function check(args: readonly string[] = [], variables = {}) {
    const command = start(args, variables);
    const [[status], stdout, stderr] = await Promise.all([
      once(command, "close"),
      text(command.stdout),
      text(command.stderr),
    ]);
    expect(stderr).not.toMatch(/^ +at /m);
    return { status, stdout, stderr };
  }

  test("says what it checks, and prints what the check finds", async () => {
    deployed({ client: INSTANCE });
    expect(await check()).toEqual({
      status: 0,
      stdout: "TAP version 13\n# checkip.amazonaws.com 192.0.2.1 192.0.2.2\n",
      stderr: `Checking client client in ${REGION}, on its instance ${INSTANCE}.\n`,
    });
  });

  test("checks a fleet that has no NAT gateways of its own", async () => {
    deployed({ client: INSTANCE }, []);
    const { status, stdout } = await check();
    expect([status, stdout]).toEqual([0, "TAP version 13\n# checkip.amazonaws.com\n"]);
  });

  test("fails with the check, and shows what it said besides", async () => {
    deployed({ client: INSTANCE });
    script(`${SCRIPT}echo "not ok 1 - a thing"\necho besides >&2\nexit 1\n`);
    const { status, stdout, stderr } = await check();
    expect(status).toBe(1);
    expect(stdout).toContain("not ok 1 - a thing\n");
    expect(stderr).toContain("\nbesides\n");
  });

  test("fails where ECS runs another task definition, and checks the clients all the same", async () => {
    deployed({ client: INSTANCE });
    ssm.taskDefinition = TASK_DEFINITION.replace(/7$/, "6");
    const { status, stdout, stderr } = await check();
    expect(status).toBe(1);
    expect(stdout).toContain("TAP version 13\n");
    expect(stderr).toMatch(
      /\nThe service proxy-service runs the task definition proxy-web:6, and the state has proxy-web:7: .*\n$/,
    );
    expect(stderr).toContain(
      `aws ecs describe-services --region ${REGION} --cluster proxy-cluster --services proxy-service --query`,
    );
    expect(ssm.requests[0]).toEqual({
      action: "DescribeServices",
      input: { cluster: "proxy-cluster", services: ["proxy-service"] },
    });
  });

  test("fails where other rules are deployed than the check expects", async () => {
    deployed({ client: INSTANCE });
    writeRuleSet(root, "default", { denied: "bad.net\n" });
    const { status, stdout, stderr } = await check();
    expect(status).toBe(1);
    expect(stdout).toContain("TAP version 13");
    expect(stderr).toMatch(
      /\nThe rules of this checkout are not those that are deployed in us-east-1, .* npm run plan\./,
    );
  });

  test("without the right to see what ECS runs says which right that is", async () => {
    deployed({ client: INSTANCE });
    ssm.answer = (action) =>
      action === "DescribeServices" ? apiError("AccessDeniedException", "not yours") : undefined;
    const { status, stderr } = await check();
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("needed is ecs:DescribeServices"),
    ]);
  });

  describe("with several clients", () => {
    beforeEach(() => {
      configure({
        clients: [{ name: "lab" }, { name: "office-2" }, { name: "bare", instanceType: "none" }],
      });
    });

    test("checks all that have an instance, and fails if one does", async () => {
      deployed({ lab: "i-1", office_2: "i-2" });
      script(`[[ -e ${root}/again ]] && exit; touch ${root}/again; exit 1`);
      const { status, stderr } = await check();
      expect(status).toBe(1);
      expect(stderr).toMatch(/^Checking client lab .* i-1\.\nChecking client office-2 .* i-2\.\n$/);
    });

    test("checks the one that is named", async () => {
      deployed({ lab: "i-1", office_2: "i-2" });
      const { status, stderr } = await check(["office-2"]);
      expect([status, stderr]).toEqual([
        0,
        expect.stringMatching(/^Checking client office-2 .*\n$/),
      ]);
    });

    test("goes on after one that cannot be checked, and says at the end which", async () => {
      deployed({ lab: "i-1", office_2: "i-2" });
      const answers = [apiError("InvalidInstanceId", "not in a valid state")];
      ssm.answer = (action) => (action === "SendCommand" ? answers.shift() : undefined);
      const { status, stdout, stderr } = await check();
      expect(status).toBe(1);
      expect(stdout).toContain("TAP version 13\n");
      expect(stderr).toMatch(/^Checking .* i-1\.\nChecking .* i-2\.\ni-1 is not connected.*\n$/);
    });

    test("says once what keeps it from checking any", async () => {
      deployed({ lab: "i-1", office_2: "i-2" });
      ssm.answer = () => apiError("ExpiredTokenException", "expired");
      const { stderr } = await check();
      expect(stderr.match(/have expired/g)).toHaveLength(1);
    });

    test("checks no other once it is interrupted", async () => {
      deployed({ lab: "i-1", office_2: "i-2" });
      const command = start([], {});
      ssm.answer = (action) => {
        if (action !== "GetCommandInvocation") return undefined;
        command.kill("SIGINT");
        return invocation("InProgress");
      };
      const [[status], stderr] = await Promise.all([once(command, "close"), text(command.stderr)]);
      expect(status).toBe(1);
      expect(stderr).not.toContain("office-2");
    });

    test("refuses a name that none of them has", async () => {
      const { status, stderr } = await check(["bare"]);
      expect([status, stderr]).toEqual([
        1,
        '"bare" is no client with a test instance. Allowed: "lab" or "office-2".\n',
      ]);
    });

    test("checks none where one is not deployed yet", async () => {
      deployed({ lab: "i-1" });
      expect((await check()).stderr).toBe(
        `The fleet of ${REGION} is deployed without an instance of client office-2. Type: TF_WORKSPACE=${REGION} npm run deploy\n`,
      );
      expect(ssm.requests).toEqual([]);
    });
  });

  test("in a region without a fleet says what to type", async () => {
    const { status, stderr } = await check();
    expect([status, stderr]).toEqual([
      1,
      `There is no fleet proxy of ${REGION} in the local folder terraform.tfstate.d. If its state is in a bucket, set STATE_BUCKET ` +
        `and STATE_REGION as they were at its deployment. If it is not deployed yet, type: TF_WORKSPACE=${REGION} npm run deploy\n`,
    ]);
  });

  test("without a test instance has nothing to check", async () => {
    configure({ clients: [{ instanceType: "none" }] });
    expect((await check()).stderr).toBe("No client in cdktf.json has a test instance.\n");
  });

  test("with 443 closed says that Systems Manager is out of reach, and does not try", async () => {
    deployed({ client: INSTANCE });
    configure({ proxy: { connectPorts: [8443] } });
    const { status, stderr } = await check();
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^proxy\.connectPorts is \[8443\]: without 443 .* Add 443 .*\n$/),
    ]);
    expect(ssm.requests).toEqual([]);
  });

  test("of a rehearsal without Docker says what to install", async () => {
    const { status, stderr } = await check([], { TF_WORKSPACE: "", PATH: "" });
    expect([status, stderr]).toEqual([1, expect.stringContaining("A rehearsal needs Docker")]);
  });

  describeWith([DOCKER, COMPOSE], "of a rehearsal", () => {
    test("refuses a name that no client of it has", async () => {
      const { status, stderr } = await check(["lob"], { TF_WORKSPACE: "" });
      expect([status, stderr]).toEqual([
        1,
        expect.stringContaining('"lob" is no client of the rehearsal. Allowed: "client".'),
      ]);
    });
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "no credentials",
      { AWS_ACCESS_KEY_ID: "" },
      "The AWS SDK says: Could not load credentials from any providers",
    ],
    [
      "no way to AWS",
      { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      `AWS cannot be reached in region ${REGION}`,
    ],
  ])("with %s fails with one message", async (_, variables, message) => {
    deployed({ client: INSTANCE });
    const { status, stderr } = await check([], variables);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  test("of an instance that has not registered says how long that takes", async () => {
    deployed({ client: INSTANCE });
    ssm.answer = (action) =>
      action === "SendCommand" ? apiError("InvalidInstanceId", "not in a valid state") : undefined;
    const { status, stderr } = await check();
    expect(status).toBe(1);
    expect(stderr).toMatch(/is not connected to Systems Manager.*three or four minutes/);
  });

  test("that is interrupted cancels the command", async () => {
    deployed({ client: INSTANCE });
    const command = start([], {});
    ssm.answer = (action) => {
      if (action !== "GetCommandInvocation") return undefined;
      command.kill("SIGINT");
      return invocation("InProgress");
    };
    const [[status], stderr] = await Promise.all([once(command, "close"), text(command.stderr)]);
    expect(status).toBe(1);
    expect(stderr).toContain(`Interrupted. AWS is asked to cancel the command on ${INSTANCE}.\n`);
    expect(ssm.actions().at(-1)).toBe("CancelCommand");
  });
});
