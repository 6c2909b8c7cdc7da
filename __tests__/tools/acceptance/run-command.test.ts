import { SSMClient } from "@aws-sdk/client-ssm";
import fc from "fast-check";
import { runCommand, type RunCommandProps } from "../../../src/tools/acceptance/run-command";
import { UserError } from "../../../src/common/user-error";
import { startMoto } from "../../helpers/moto";
import { apiError, invocation, SystemsManager } from "../../helpers/systems-manager";
import { describeWith, MOTO } from "../../helpers/tools";

const INSTANCE = "i-0123456789abcdef0";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };

const clients: SSMClient[] = [];

function clientOf(endpoint: string): SSMClient {
  const client = new SSMClient({ endpoint, region: "us-east-1", credentials });
  clients.push(client);
  return client;
}

afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

const command = (client: SSMClient): RunCommandProps => ({
  client,
  instanceId: INSTANCE,
  script: "true",
  environment: {},
  executionTimeoutSeconds: 120,
  progress: () => {},
  signal: new AbortController().signal,
});

describe("a script on an instance", () => {
  let ssm: SystemsManager;
  beforeEach(async () => {
    ssm = new SystemsManager();
    await ssm.start();
  });
  afterEach(() => ssm.stop());

  const run = (props: Partial<RunCommandProps> = {}) =>
    runCommand({ ...command(clientOf(ssm.endpoint)), ...props });

  test.each([0, 1, 77])("ends with its own status, %i, and what it said", async (status) => {
    const script = `echo said\necho "not [[ right ]]" >&2\n[[ 1 ]] && exit ${status}\n`;
    expect(await run({ script })).toEqual({
      status,
      stdout: "said\n",
      stderr: "not [[ right ]]\n",
    });
  });

  test("is sent with its time limits, and cancelled by nobody", async () => {
    await run();
    expect(ssm.requests[0]).toMatchObject({
      action: "SendCommand",
      input: {
        InstanceIds: [INSTANCE],
        DocumentName: "AWS-RunShellScript",
        TimeoutSeconds: 60,
        Parameters: { executionTimeout: ["120"] },
      },
    });
    expect(ssm.actions()).toEqual(["SendCommand", "GetCommandInvocation"]);
  });

  test("finds its variables as they are, whatever is in them", async () => {
    const script = 'printf %s "$ONE|$TWO"';
    const one = `'a' "b" $HOME \`id\` $(id) \\ ; & | > # ! * ~ %s\n  ü\t`;
    expect((await run({ script, environment: { ONE: one, TWO: "" } })).stdout).toBe(`${one}|`);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (value) => {
        fc.pre(!value.includes("\0"));
        const { stdout } = await run({ script, environment: { ONE: value, TWO: value } });
        expect(stdout).toBe(`${value}|${value}`);
      }),
      { numRuns: 30 },
    );
  });

  test("may be unknown for a moment, and throttled", async () => {
    const answers = [
      apiError("ThrottlingException", "Rate exceeded"),
      apiError("InvocationDoesNotExist", ""),
    ];
    ssm.answer = (action) => (action === "GetCommandInvocation" ? answers.shift() : undefined);
    expect(await run({ script: "echo done" })).toMatchObject({ status: 0, stdout: "done\n" });
  });

  test("is waited for with a line for each status, and one for each quarter of a minute", async () => {
    const statuses = ["Pending", "InProgress", "InProgress", "InProgress"];
    let seconds = 0;
    const start = Date.now();
    const clock = jest.spyOn(Date, "now").mockImplementation(() => start + seconds * 1000);
    ssm.answer = (action) => {
      if (action !== "GetCommandInvocation") return undefined;
      seconds += 8;
      const status = statuses.shift();
      return status === undefined ? undefined : invocation(status);
    };
    const lines: string[] = [];
    await run({ progress: (line) => lines.push(line) });
    clock.mockRestore();
    expect(lines).toEqual([
      `${INSTANCE}: Pending after 8 s`,
      `${INSTANCE}: InProgress after 16 s`,
      `${INSTANCE}: InProgress after 32 s`,
    ]);
  });

  test("that says more than is kept is noted", async () => {
    const lines: string[] = [];
    const script = "printf %24000s x";
    expect((await run({ script, progress: (line) => lines.push(line) })).stdout).toHaveLength(
      24_000,
    );
    expect(lines).toEqual([expect.stringContaining("said more than Run Command keeps (24000")]);
  });

  test("is cancelled by whoever does not want to wait", async () => {
    const interruption = new AbortController();
    ssm.answer = (action) => {
      if (action !== "GetCommandInvocation") return undefined;
      interruption.abort();
      return invocation("InProgress");
    };
    await expect(run({ signal: interruption.signal })).rejects.toThrow(
      new UserError(`Interrupted. AWS is asked to cancel the command on ${INSTANCE}.`),
    );
    expect(ssm.requests.at(-1)).toMatchObject({
      action: "CancelCommand",
      input: { CommandId: "11111111-2222-3333-4444-555555555555", InstanceIds: [INSTANCE] },
    });
  });

  test("that cannot be cancelled either still ends with what happened first", async () => {
    const interruption = new AbortController();
    ssm.answer = (action) => {
      if (action === "CancelCommand") return apiError("InvalidCommandId", "the service's words");
      if (action !== "GetCommandInvocation") return undefined;
      interruption.abort();
      return invocation("InProgress");
    };
    const lines: string[] = [];
    const props = { signal: interruption.signal, progress: (line: string) => lines.push(line) };
    await expect(run(props)).rejects.toThrow("Interrupted.");
    expect(lines.at(-1)).toMatch(/could not be cancelled.* 120 s: .*the service's words/);
  });

  test("that never ends is given up and cancelled", async () => {
    let seconds = 0;
    const start = Date.now();
    const clock = jest.spyOn(Date, "now").mockImplementation(() => start + seconds * 1000);
    ssm.answer = (action) => {
      if (action !== "GetCommandInvocation") return undefined;
      seconds += 211;
      return invocation("Delayed");
    };
    const result = run();
    await expect(result).rejects.toThrow(UserError);
    await expect(result).rejects.toThrow(
      "After 210 s the command on i-0123456789abcdef0 is still Delayed",
    );
    clock.mockRestore();
    expect(ssm.actions()).toEqual(["SendCommand", "GetCommandInvocation", "CancelCommand"]);
  });

  test.each([
    ["TimedOut", "DeliveryTimedOut", "did not take the command within 60 s"],
    ["TimedOut", "Delivery Timed Out", "did not take the command within 60 s"],
    ["Failed", "Undeliverable", "did not take the command within 60 s"],
    ["TimedOut", "ExecutionTimedOut", "took more than 120 s on i-0123456789abcdef0"],
    ["Cancelled", "Cancelled", "Somebody has cancelled the command"],
    ["Failed", "AccessDenied", "did not run: its status is AccessDenied"],
    ["Failed", "Failed", "did not run: its status is Failed"],
  ])("that does not end by itself, %s: %s, is explained", async (status, details, message) => {
    ssm.answer = (action) =>
      action === "GetCommandInvocation" ? invocation(status, details) : undefined;
    const result = run();
    await expect(result).rejects.toThrow(UserError);
    await expect(result).rejects.toThrow(message);
    expect(ssm.actions()).not.toContain("CancelCommand");
  });

  test.each([
    ["InvalidInstanceId", `${INSTANCE} is not connected to Systems Manager.`],
    ["AccessDeniedException", "needed are ssm:SendCommand, ssm:GetCommandInvocation and ssm:Canc"],
    ["ExpiredTokenException", "The AWS credentials have expired."],
    ["UnrecognizedClientException", "AWS does not accept the credentials: the service's words"],
    ["InvalidSignatureException", "AWS does not accept the credentials: the service's words"],
  ])("that AWS refuses with %s is explained", async (type, message) => {
    ssm.answer = () => apiError(type, "the service's words");
    const result = run();
    await expect(result).rejects.toThrow(UserError);
    await expect(result).rejects.toThrow(message);
  });

  const failing = (error: object) => {
    const client = new SSMClient({
      region: "us-east-1",
      credentials,
      maxAttempts: 1,
      // As Node and the SDK fail: sometimes with a code alone.
      requestHandler: { handle: () => Promise.reject(Object.assign(new Error(""), error)) },
    });
    clients.push(client);
    return client;
  };

  test.each([
    ...["ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "EPIPE", "ETIMEDOUT"].map((code) => ({
      code,
    })),
    { name: "TimeoutError" },
  ])("that does not reach AWS, for %j, is explained", async (error) => {
    const result = run({ client: failing(error) });
    await expect(result).rejects.toThrow(UserError);
    const [reason] = Object.values(error);
    await expect(result).rejects.toThrow(`AWS cannot be reached in region us-east-1: ${reason}`);
  });

  test("that AWS has no time for is explained", async () => {
    const message = "the service's words";
    const result = run({ client: failing({ name: "ThrottlingException", message }) });
    await expect(result).rejects.toThrow(UserError);
    await expect(result).rejects.toThrow("AWS takes no more requests in region us-east-1 for now");
  });

  test("that AWS refuses for a reason of its own leaves that as it is", async () => {
    ssm.answer = () => apiError("InvalidDocument", "the service's words");
    const result = run();
    await expect(result).rejects.not.toThrow(UserError);
    await expect(result).rejects.toThrow("the service's words");
  });
});

describeWith([MOTO], "a script by another implementation of the API", () => {
  test("is sent and found to have ended", async () => {
    const moto = await startMoto();
    try {
      expect(await runCommand(command(clientOf(moto.endpoint)))).toMatchObject({ status: 0 });
    } finally {
      moto.stop();
    }
  });
});
