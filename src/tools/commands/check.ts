import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { PROJECT_ROOT } from "../../common/project-root";
import { DEPLOYED_SITE, deployedCheck } from "../acceptance/acceptance-check";
import { requireDeployedRules } from "../acceptance/deployed-rules";
import { runCommand } from "../acceptance/run-command";
import { requireDeployedTasks } from "../acceptance/running-deployment";
import { loadConfiguration } from "../../configuration/configuration";
import { requireCompose } from "../rehearsal/docker";
import { Rehearsal } from "../rehearsal/rehearsal";
import { readOutputs, readResources } from "../terraform/workspace";
import type { Settings } from "../../configuration/settings";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadDeployment } from "./deployment";
import { clientsWithInstance, instanceIdOf } from "./test-instances";

/** Twice what the script promises, for an instance that has much else to do. */
const EXECUTION_TIMEOUT_SECONDS = 120;

// The SDK is pinned; its notice that later versions need a later Node is no news to the user.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/**
 * Runs the acceptance check, `npm run check [-- <client>]`: on the test instances of the region in
 * `TF_WORKSPACE`, or on the clients of the rehearsal. What the checks find goes to stdout, as TAP;
 * what goes on meanwhile to stderr.
 */
void reportUserErrors(async () => {
  const [name] = process.argv.slice(2);
  const passed = process.env["TF_WORKSPACE"] ? await checkRegion(name) : await checkRehearsal(name);
  if (!passed) process.exitCode = 1;
});

async function checkRegion(name: string | undefined): Promise<boolean> {
  const { settings, rules, workspace } = loadDeployment("check");
  const { root, region } = workspace;
  const clients = clientsWithInstance(settings, name);
  requireSystemsManager(settings);
  const outputs = readOutputs(workspace);
  // All of them before the first check.
  const instances = clients.map((client) => ({
    client,
    instanceId: instanceIdOf(client, outputs, workspace),
  }));
  const isBlocked = clients.some(({ publicDns }) => publicDns === "blocked");
  const site = isBlocked ? await addressOf(DEPLOYED_SITE) : undefined;
  const script = readFileSync(path.join(root, "client", "check.sh"), "utf8");
  const ssm = new SSMClient({ region });
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());

  let passed = true;
  // What concerns all of them, such as credentials that have expired, is said once.
  const failures = new Set<string>();
  const attempt = async (check: () => void | Promise<void>) => {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.add(error.message);
    }
  };
  const resources = readResources(workspace);
  await attempt(() =>
    requireDeployedTasks({ client: new ECSClient({ region }), resources, region }),
  );
  await attempt(() => requireDeployedRules({ settings, rules, resources, region }));
  for (const { client, instanceId } of instances) {
    console.error(`Checking client ${client.name} in ${region}, on its instance ${instanceId}.`);
    await attempt(async () => {
      const { status, stdout, stderr } = await runCommand({
        client: ssm,
        instanceId,
        script,
        environment: deployedCheck(
          { settings, rules, region, client },
          { egress: (outputs["nat_public_ips"] ?? []) as string[], site },
        ),
        executionTimeoutSeconds: EXECUTION_TIMEOUT_SECONDS,
        progress: (line) => console.error(line),
        signal: interruption.signal,
      });
      console.log(stdout.trimEnd());
      if (stderr !== "") console.error(stderr.trimEnd());
      passed &&= status === 0;
    });
    if (interruption.signal.aborted) break;
  }
  if (failures.size > 0) throw new UserError([...failures].join("\n"));
  return passed;
}

/** An address that this machine knows, for clients that cannot; none where it has no DNS, as behind a proxy. */
async function addressOf(name: string): Promise<string | undefined> {
  const { address } = await lookup(name, 4).catch(() => ({ address: undefined }));
  return address;
}

/** @throws UserError where no instance can ever register, so that waiting for it would be in vain. */
function requireSystemsManager({ proxy }: Pick<Settings, "proxy">): void {
  if (proxy.connectPorts.includes(443)) return;
  throw new UserError(
    `proxy.connectPorts is ${JSON.stringify(proxy.connectPorts)}: without 443 the test instances cannot reach ` +
      "Systems Manager, which runs the check on them. Add 443 to use npm run check.",
  );
}

function checkRehearsal(name: string | undefined): Promise<boolean> {
  const { settings, rules } = loadConfiguration(PROJECT_ROOT, process.env);
  console.error(
    "Checking the rehearsal on this machine; with TF_WORKSPACE, a region would be checked.",
  );
  requireCompose();
  return new Rehearsal({ root: PROJECT_ROOT, settings, rules }).check(name);
}
