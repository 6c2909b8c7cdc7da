import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A local server that speaks the APIs of AWS: https://docs.getmoto.org */
export interface Moto {
  readonly endpoint: string;
  /** What AWS's SDKs, Terraform and cdktf need to talk to it instead of AWS. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): void;
}

const START_ATTEMPTS = 100;

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server: ChildProcess = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
  });
  for (let attempt = 0; !(await answers(endpoint)); attempt++) {
    if (attempt === START_ATTEMPTS || server.exitCode !== null) {
      throw new Error("moto_server did not start");
    }
    await sleep(100);
  }
  return {
    endpoint,
    variables: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_EC2_METADATA_DISABLED: "true",
      // A developer's own profile must not get in between.
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
    stop: () => server.kill(),
  };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
