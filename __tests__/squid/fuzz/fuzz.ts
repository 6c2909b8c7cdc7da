import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { PROXY_PORT } from "../../../src/fleet/squid/squid-container";
import { addressOf } from "../../helpers/docker";
import type { Lab, Proxy } from "../../helpers/lab";
import { endOf } from "../hostile/watch";
import { connectionTo, inputs, type Input, type ProxyKind } from "./inputs";

export interface FuzzOptions {
  /** The same seed gives the same inputs. */
  readonly seed: number;
  readonly minutes: number;
  /** What comes first: what has once ended a proxy. */
  readonly cases: readonly (readonly Input[])[];
}

/** How many connections there are at the same time, at most. */
const BATCH = 100;

/** How long a connection waits for the next bytes before it says more, or ends. */
const PATIENCE_MS = 200;

/** Within this time a proxy that is well refuses a request. */
const HEALTHY_MS = 10_000;

/** What any proxy refuses without asking anybody. */
const PROBE = Buffer.from("GET http://127.0.0.1/ HTTP/1.1\r\n\r\n");

/**
 * Sends hostile bytes to proxies, for a time, and asks after each batch whether they are well. What
 * ends one, or freezes it, is made as small as can be.
 *
 * @returns how many inputs there were
 * @throws Error with the smallest batch that does it, in base64, and the seed that leads to it
 */
export async function fuzz(lab: Lab, { seed, minutes, cases }: FuzzOptions): Promise<number> {
  const server = await lab.typescript(lab.is.internet, "hostile/server");
  const names = {
    origin: nameOf(lab.is.origin.address),
    hostile: nameOf(await addressOf(server, lab.is.internet)),
  };
  const full = { sniCheck: "on", proxyProtocolCidrs: [await lab.clientsCidr()] } as const;
  const start = (kind: ProxyKind) => lab.proxy(kind === "full" ? full : {});
  const proxies = { plain: await start("plain"), full: await start("full") };

  let sent = 0;
  const batch = fc.array(inputs(names), { minLength: 1, maxLength: BATCH, size: "max" });
  const property = fc.asyncProperty(batch, async (all) => {
    await Promise.all(all.map((input) => send(proxies[input.to].address, input)));
    sent += all.length;
    for (const kind of ["plain", "full"] as const) {
      const defect = await defectOf(kind, proxies[kind]);
      if (defect === undefined) continue;
      proxies[kind] = await start(kind);
      throw new Error(`the ${kind} proxy ${defect}`);
    }
  });
  const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
    seed,
    examples: cases.map((one) => [[...one]]),
    numRuns: Infinity,
    interruptAfterTimeLimit: minutes * 60_000,
  });
  if (failed && counterexample) {
    const path = `seed ${seed}, path ${counterexamplePath}`;
    throw new Error(`${path}: ${String(errorInstance)}\n${written(counterexample[0])}`);
  }
  return sent;
}

/** A batch in the words of a case. */
function written(batch: readonly Input[]): string {
  const cases = batch.map(({ to, parts }) => {
    return { to, parts: parts.map((part) => part.toString("base64")) };
  });
  return JSON.stringify(cases);
}

/** What comes back does not matter here; that others get something does. */
async function send(address: string, { parts }: Input): Promise<void> {
  const socket = connect(PROXY_PORT, address).on("error", () => socket.destroy());
  for (const part of parts) {
    socket.write(part);
    const heard = new Promise((resolve) => socket.once("data", resolve).once("close", resolve));
    await Promise.race([heard, sleep(PATIENCE_MS)]);
    if (socket.destroyed) return;
  }
  socket.destroy();
}

async function defectOf(kind: ProxyKind, proxy: Proxy): Promise<string | undefined> {
  const socket = connect(PROXY_PORT, proxy.address);
  socket.write(connectionTo(kind, [PROBE]).parts[0]!);
  try {
    const [answer] = await once(socket, "data", { signal: AbortSignal.timeout(HEALTHY_MS) });
    // 429 where Squid has not yet seen that all of the batch have gone.
    assert.match(String(answer), /^HTTP\/1\.1 (403|429) /);
    return undefined;
  } catch (error) {
    const messages = (await proxy.messages()).trim().split("\n").slice(-5).join("\n");
    return `${(await endOf(proxy)) ?? `does not answer (${String(error)})`}\n${messages}`;
  } finally {
    socket.destroy();
  }
}

function nameOf(address: string): string {
  return `a-${address.replaceAll(".", "-")}.ip.test`;
}
