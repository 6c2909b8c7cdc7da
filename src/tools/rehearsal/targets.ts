/** Runs commands on the load balancer's runtime API, separated by semicolons, and returns the answer. */
export type RuntimeApi = (commands: string) => Promise<string>;

/** A proxy as the load balancer sees it. */
export interface Target {
  /** In the service network. */
  readonly address: string;
  /** In AWS's words. A draining target keeps its connections and gets no new ones. */
  readonly state: "initial" | "healthy" | "unhealthy" | "draining";
  /** How many are open through the load balancer. */
  readonly connections: number;
}

interface Place extends Target {
  /** What HAProxy calls the server. */
  readonly server: string;
}

/** What has gone through the load balancer. */
export interface Traffic {
  /** Connections that are open. */
  readonly activeFlows: number;
  /** Connections, and bytes in both directions, since its start. */
  readonly flows: number;
  readonly bytes: number;
}

const LISTENER = "nlb";

/** What HAProxy's `show stat` has rows of. */
const FRONTEND = 1;
const SERVERS = 4;

/** The load balancer's target group, kept as ECS keeps that of a service. */
export class Targets {
  /** Those that have not been healthy yet; HAProxy takes no interest in the past. */
  private readonly initial = new Set<string>();

  constructor(private readonly api: RuntimeApi) {}

  async list(): Promise<Target[]> {
    return (await this.places()).filter(({ address }) => address !== "");
  }

  async traffic(): Promise<Traffic> {
    const [frontend] = await this.rows(FRONTEND);
    const number = (name: string) => Number(frontend?.(name));
    return {
      activeFlows: number("scur"),
      flows: number("stot"),
      bytes: number("bin") + number("bout"),
    };
  }

  /** Gives a proxy a place. It gets connections after as many health checks as on AWS. */
  async register(address: string): Promise<void> {
    const free = (await this.places()).find((place) => place.address === "");
    if (!free) throw new RangeError("the load balancer has no place left");
    const server = `${LISTENER}/${free.server}`;
    await this.api(
      `set server ${server} addr ${address}; enable health ${server}; ` +
        `set server ${server} state ready; set server ${server} health down`,
    );
    this.initial.add(address);
  }

  /** No new connections; the open ones go on, even once the proxy takes no health checks any more. */
  async drain(address: string): Promise<void> {
    const server = await this.server(address);
    if (server === undefined) return;
    await this.api(`set server ${server} state drain; disable health ${server}`);
  }

  /** Frees the place, where there is one. Connections that are still open go on without it. */
  async deregister(address: string): Promise<void> {
    const server = await this.server(address);
    if (server === undefined) return;
    await this.api(`set server ${server} state maint; set server ${server} addr 0.0.0.0`);
    this.initial.delete(address);
  }

  private async server(address: string): Promise<string | undefined> {
    const place = (await this.places()).find((candidate) => candidate.address === address);
    return place && `${LISTENER}/${place.server}`;
  }

  private async places(): Promise<Place[]> {
    return (await this.rows(SERVERS)).map((field) => {
      const address = field("addr").replace(/:\d+$/, "").replace("0.0.0.0", "");
      const state = this.state(address, field("status"));
      return { server: field("svname"), address, state, connections: Number(field("scur")) };
    });
  }

  /** The rows of HAProxy's statistics, each as a function that knows its fields by their names. */
  private async rows(kind: number): Promise<((name: string) => string)[]> {
    const [header = "", ...lines] = (await this.api(`show stat ${LISTENER} ${kind} -1`)).split(
      "\n",
    );
    const names = header.replace("# ", "").split(",");
    return lines
      .filter((line) => line !== "")
      .map((line) => {
        const values = line.split(",");
        return (name) => values[names.indexOf(name)] ?? "";
      });
  }

  private state(address: string, status: string): Target["state"] {
    // "DOWN 1/2" is on its way up.
    if (status.startsWith("DRAIN")) return "draining";
    if (status.startsWith("UP")) {
      this.initial.delete(address);
      return "healthy";
    }
    return this.initial.has(address) ? "initial" : "unhealthy";
  }
}
