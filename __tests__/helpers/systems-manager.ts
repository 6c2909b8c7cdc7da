import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";

interface Answer {
  readonly status?: number;
  readonly body: object;
}

/** What AWS Systems Manager, and once ECS, are asked for, in their own words. */
type Action = "SendCommand" | "GetCommandInvocation" | "CancelCommand" | "DescribeServices";

/** What is known of a command: in which status it is, and what the script has done. */
interface Invocation {
  readonly Status: string;
  readonly StatusDetails: string;
  readonly ResponseCode: number;
  readonly StandardOutputContent: string;
  readonly StandardErrorContent: string;
}

/** The task definition that was deployed last. */
export const TASK_DEFINITION = "arn:aws:ecs:us-east-1:123456789012:task-definition/proxy-web:7";

/**
 * A local server that speaks Run Command's API, in AWS's JSON protocol 1.1, and does run the script,
 * here, in the way of the agent on an instance: as a file, by `sh -c`, with almost no environment.
 */
export class SystemsManager {
  /** Each action that was asked for, with its input. */
  readonly requests: { readonly action: Action; readonly input: Record<string, unknown> }[] = [];
  /** The task definition that the service runs. */
  taskDefinition = TASK_DEFINITION;
  /** An answer instead of the usual one, or nothing. */
  answer: (action: Action) => Answer | undefined = () => undefined;

  private invocation: Partial<Invocation> = {};

  private readonly server = createServer((request, response) => {
    void json(request).then((body) => {
      const action = String(request.headers["x-amz-target"]).replace(/^.*\./, "") as Action;
      const input = body as Record<string, unknown>;
      this.requests.push({ action, input });
      const { status = 200, body: answer } = this.answer(action) ?? this.usual(action, input);
      response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });

  async start(): Promise<void> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  actions(): Action[] {
    return this.requests.map(({ action }) => action);
  }

  private usual(action: Action, input: Record<string, unknown>): Answer {
    if (action === "SendCommand") {
      const { commands } = input["Parameters"] as { commands: string[] };
      this.invocation = run(commands);
      return { body: { Command: { CommandId: "11111111-2222-3333-4444-555555555555" } } };
    }
    if (action === "DescribeServices") {
      const { taskDefinition } = this;
      return { body: { services: [{ deployments: [{ status: "PRIMARY", taskDefinition }] }] } };
    }
    return { body: action === "GetCommandInvocation" ? this.invocation : {} };
  }
}

/** An answer with one of the API's errors. */
export function apiError(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}

/** An answer about a command that has not ended, or not as it should. */
export function invocation(Status: string, StatusDetails = Status): Answer {
  return { body: { Status, StatusDetails, ResponseCode: -1 } };
}

function run(commands: readonly string[]): Invocation {
  const directory = mkdtempSync(path.join(tmpdir(), "run-command-"));
  const file = path.join(directory, "_script.sh");
  writeFileSync(file, `${commands.join("\n")}\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync("sh", ["-c", file], {
    env: { PATH: process.env["PATH"] },
    encoding: "utf8",
  });
  rmSync(directory, { recursive: true });
  const ended = status === 0 ? "Success" : "Failed";
  return {
    Status: ended,
    StatusDetails: ended,
    ResponseCode: status ?? -1,
    StandardOutputContent: stdout.slice(0, 24_000),
    StandardErrorContent: stderr.slice(0, 8_000),
  };
}
