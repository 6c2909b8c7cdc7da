import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HEALTH_CHECK } from "../../src/fleet/proxy/health-check";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import type { Proxy } from "../helpers/lab";

/**
 * What AWS's load balancer sends in front of a health check: a PROXY protocol header that speaks of no client
 * (LOCAL), with a checksum and padding. Captured by a user.
 * Source: https://github.com/kubernetes/kubernetes/issues/57250
 */
const HEADER = Buffer.from(
  `0d0a0d0a000d0a515549540a 20 11 0054 03 0004 bce5951f 04 004a ${"00".repeat(74)}`.replaceAll(
    " ",
    "",
  ),
  "hex",
);

const REQUEST = `GET ${HEALTH_CHECK.path} HTTP/1.1\r\nHost: 10.0.0.1:${PROXY_PORT}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n`;

/** A health check of the target group: the status of the answer, or nothing where none comes in time. */
export async function loadBalancerCheck(
  { address }: Proxy,
  timeoutMs: number = HEALTH_CHECK.timeoutSeconds * 1_000,
): Promise<number | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const socket = connect(PROXY_PORT, address);
  socket.on("error", () => socket.destroy());
  try {
    await once(socket, "connect", { signal });
    // In packets of their own, as AWS does.
    socket.setNoDelay().write(HEADER);
    await sleep(5);
    socket.write(REQUEST);
    const closed = once(socket, "close", { signal }).then(() => [""]);
    const [answer] = await Promise.race([once(socket, "data", { signal }), closed]);
    const [, status] = /^HTTP\/1\.\d (\d{3}) /.exec(String(answer)) ?? [];
    return status === undefined ? undefined : Number(status);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
