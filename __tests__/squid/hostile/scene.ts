import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PROXY_PORT } from "../../../src/fleet/squid/squid-container";
import { addressOf } from "../../helpers/docker";
import { DEFAULTS, Lab, type Proxy } from "../../helpers/lab";
import { proxyHeader } from "../proxy-header";
import { ATTACKS } from "./attacks";
import type { Tally, Target } from "./flood";
import { order } from "./order";
import { OrdinaryClient } from "./ordinary-client";
import { endOf } from "./watch";

/** How a proxy is set up. */
export interface Mode {
  readonly sniCheck: "off" | "on";
  readonly loadBalancer: boolean;
  /**
   * How many share the port, each with as much of the task as one alone has.
   * @default 1
   */
  readonly squids?: number;
}

/** What the load balancer says of the two clients: addresses of different VPCs may be equal. */
const ORDINARY = { address: "172.16.0.10", endpoint: "vpce-0aaaaaaaaaaaaaaaa" };
export const HOSTILE = { address: "172.16.0.10", endpoint: "vpce-0bbbbbbbbbbbbbbbb" };

/** How long an attack is kept up once all of it is there. */
const HELD_MS = 1_000;

/** What those do not read must wait in the proxy, and not in their own kernels. */
export const SMALL_BUFFERS = ["--sysctl", "net.ipv4.tcp_rmem=4096 8192 8192"];

/** The lab, and a hostile web server in it. */
export class Theatre {
  readonly lab = new Lab();
  private built: { server: string } | undefined;

  async open(): Promise<void> {
    const { lab } = this;
    await lab.start();
    const server = await lab.typescript(lab.is.internet, "hostile/server", {
      options: SMALL_BUFFERS,
    });
    this.built = { server: await addressOf(server, lab.is.internet) };
  }

  close(): Promise<void> {
    return this.lab.remove();
  }

  /** A name of the hostile web server; labels in front of it make others. */
  get server(): string {
    return nameOf(this.built!.server);
  }

  /** A name of the ordinary web server, likewise. */
  get origin(): string {
    return nameOf(this.lab.is.origin.address);
  }

  async scene(mode: Mode): Promise<Scene> {
    const { clients } = this.lab.is;
    const attacker = await this.lab.typescript(clients, "hostile/attacker", {
      options: SMALL_BUFFERS,
    });
    const scene = new Scene(this, mode, await addressOf(attacker, clients));
    await scene.begin();
    return scene;
  }
}

/** A proxy as its task runs it, with a hostile client of its own. */
export class Scene {
  private current: Proxy | undefined;
  private port = 0;

  constructor(
    private readonly theatre: Theatre,
    readonly mode: Mode,
    private readonly attacker: string,
  ) {}

  get proxy(): Proxy {
    return this.current!;
  }

  get squids(): number {
    return this.mode.squids ?? 1;
  }

  get title(): string {
    const { sniCheck, loadBalancer } = this.mode;
    return `SNI check ${sniCheck}, ${loadBalancer ? "with" : "no"} load balancer, Squids: ${this.squids}`;
  }

  /** Another proxy where the last one has ended. */
  async ensure(): Promise<void> {
    if ((await endOf(this.proxy)) !== undefined) await this.begin();
  }

  /** Starts a proxy, with such variables instead of its definition's. */
  async begin(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { lab } = this.theatre;
    const { squids } = this;
    const { sniCheck, loadBalancer } = this.mode;
    const proxyProtocolCidrs = loadBalancer ? [await lab.clientsCidr()] : [];
    this.current = await lab.proxy({
      rules: { denied: [".denied.test"] },
      sniCheck,
      proxyProtocolCidrs,
      ...(squids > 1 && { cpu: 1024 * squids }),
      memoryMiB: DEFAULTS.memoryMiB * squids,
      cpus: 0.25 * squids,
      environment,
    });
  }

  /** A connection to the proxy; with a load balancer, as it would make one for the client. */
  connect(client: typeof ORDINARY = ORDINARY): Socket {
    const socket = connect(PROXY_PORT, this.proxy.address);
    if (this.mode.loadBalancer) {
      this.port = (this.port + 1) % 60_000;
      socket.write(proxyHeader({ ...client, port: 1_024 + this.port }));
    }
    return socket;
  }

  ordinaryClient(): OrdinaryClient {
    return new OrdinaryClient(() => this.connect(), this.theatre.origin);
  }

  /** Makes the attack and holds it for a moment; what is done at its height is the second argument. */
  async attack(
    name: string,
    atHeight: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Tally> {
    const { connections, perSecond } = ATTACKS[name]!;
    const { server, origin } = this.theatre;
    const target: Target = {
      ...{ proxy: this.proxy.address, server, origin },
      ...(this.mode.loadBalancer && { from: HOSTILE }),
    };
    const end = await order(this.attacker, { attack: name, target });
    await sleep((connections / perSecond) * 1_000 + HELD_MS);
    await atHeight();
    return end();
  }
}

/** A name that leads to this address; labels in front of it make others. */
export function nameOf(address: string): string {
  return `a-${address.replaceAll(".", "-")}.ip.test`;
}
