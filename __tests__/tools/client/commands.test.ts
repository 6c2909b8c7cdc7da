import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EXISTING_CLIENT, SERVICE_NAME } from "../../helpers/consumer";
import { Project } from "../../helpers/project";
import { describeWith, TERRAFORM } from "../../helpers/tools";

jest.setTimeout(240_000);

/** A checkout with a consumer's settings. */
function consumer(settings: object | undefined): Project {
  const project = new Project();
  project.configure(settings && { "proxy-client": settings });
  return project;
}

describe.each(["client:plan", "client:deploy", "client:destroy"])("npm run %s", (script) => {
  const cases: [string, object | undefined, Record<string, string>, RegExp][] = [
    [
      "settings",
      undefined,
      {},
      /context: proxy-client is missing\. It needs the name of the fleet's service/,
    ],
    [
      "a region",
      { serviceName: SERVICE_NAME },
      {},
      /TF_WORKSPACE is not set.*Type: TF_WORKSPACE=us-east-1 npm run client:/,
    ],
    [
      "a region of its own",
      { serviceName: SERVICE_NAME },
      { TF_WORKSPACE: "eu-west-1" },
      /TF_WORKSPACE: "eu-west-1" is not allowed\. Allowed: "us-east-1"/,
    ],
    [
      "right settings, and names all mistakes",
      {
        serviceName: "vpce",
        zoneIds: ["a"],
        clients: [{ ...EXISTING_CLIENT, cidr: "10.0.0.0/16" }],
      },
      {},
      /proxy-client\.serviceName: [^]*proxy-client\.zoneIds\[0\]: [^]*proxy-client\.clients\[0\]\.cidr: /,
    ],
  ];

  test.each(cases)("wants %s", async (_, settings, variables, message) => {
    const project = consumer(settings);
    const { status, stdout, stderr } = await project.npm(script, [], variables);
    project.remove();
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test("a fleet's commands pass a consumer's settings over", async () => {
  const project = consumer({ serviceName: "wrong" });
  const { status, stdout } = await project.npm("synth");
  project.remove();
  expect([status, stdout]).toEqual([0, expect.stringContaining("is written")]);
});

test("validate lists a consumer's mistakes, too", async () => {
  const project = consumer({ serviceName: "wrong" });
  const { status, stdout, stderr } = await project.npm("validate");
  project.remove();
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain('proxy-client.serviceName: "wrong" is not allowed.');
});

/** The stack as far as it needs no provider. */
const WITHOUT_PROVIDER = `
import { App } from "cdktf";
import { loadClientConfiguration } from "../../configuration/client-configuration";
import { CLIENT_STATES, configureBackend } from "../../fleet/stack/backend";
import { ReadableStack } from "../../fleet/stack/readable-stack";
import { RegionGuard } from "../../fleet/stack/region-guard";

const { settings, environment } = loadClientConfiguration(process.cwd(), process.env);
const app = new App();
const stack = new ReadableStack(app, "proxy-client");
configureBackend(stack, environment.state, settings.name, CLIENT_STATES);
new RegionGuard(stack, "region", { regions: settings.regions });
app.synth();
`;

describeWith([TERRAFORM], "a consumer's stack", () => {
  let project: Project;
  const inRegion = { TF_WORKSPACE: "us-east-1", CHECKPOINT_DISABLE: "1" };

  beforeAll(() => {
    project = consumer({ serviceName: SERVICE_NAME, name: "partner" });
    writeFileSync(path.join(project.root, "src/tools/client/main.ts"), WITHOUT_PROVIDER);
  });
  afterAll(() => project.remove());

  test("is planned, deployed and destroyed, with a state of its own", async () => {
    const planned = await project.npm("client:plan", [], inRegion);
    expect(planned).toMatchObject({ status: 0, stderr: "" });
    expect(planned.stdout).toContain("terraform_data.region");
    expect(planned.stdout).toContain("1 to create");

    const deployed = await project.npm("client:deploy", ["--auto-approve"], inRegion);
    expect(deployed.status).toBe(0);
    expect(deployed.stdout).toContain(
      "Workspace us-east-1 of the consumer partner is ready. Its state is in the local folder terraform.tfstate.proxy-client.d.",
    );
    const state = "terraform.tfstate.proxy-client.d/partner/us-east-1/terraform.tfstate";
    expect(existsSync(path.join(project.root, state))).toBe(true);
    expect(existsSync(path.join(project.root, "terraform.tfstate.d"))).toBe(false);

    const unchanged = await project.npm("client:plan", [], inRegion);
    expect(unchanged.stdout).toMatch(/no changes/i);

    const destroyed = await project.npm("client:destroy", ["--auto-approve"], inRegion);
    expect(destroyed.status).toBe(0);
    const again = await project.npm("client:destroy", ["--auto-approve"], inRegion);
    expect([again.status, again.stderr]).toEqual([
      1,
      expect.stringContaining(
        "There is nothing to destroy. There is no consumer partner of us-east-1",
      ),
    ]);
  });
});
