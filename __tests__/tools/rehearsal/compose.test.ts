import { composeFile } from "../../../src/tools/rehearsal/compose";
import { endpointIdOf } from "../../../src/tools/rehearsal/haproxy";
import type { EngineLimits } from "../../../src/tools/rehearsal/images";
import { parseSettings } from "../../../src/configuration/settings";
import { FLEETS, synthFleet } from "../../helpers/fleet";

const NETWORKS = {
  clients: "198.18.255.16/28",
  service: "198.18.255.0/28",
  internet: "198.51.100.224/27",
  loadBalancer: "198.18.255.29",
  nameServer: { clients: "198.18.255.30", internet: "198.51.100.254" },
  closedNameServer: "198.18.255.20",
  client: ["198.18.255.28", "198.18.255.27", "198.18.255.26"],
  site: "198.51.100.253",
  stuckSite: "198.51.100.252",
  store: "198.51.100.251",
};

const VPC_ID = "vpc-0123456789abcdef0";
const NEW_VPC = { cidr: "172.16.0.0/16", azs: 1 };

function composed(input: unknown, engine: EngineLimits = { cpus: 16, files: Infinity }) {
  const parsed = parseSettings(input);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return composeFile({
    settings: parsed.settings,
    networks: NETWORKS,
    clients: [
      { name: "lab", publicDns: "blocked", vpc: NEW_VPC },
      { name: "office", publicDns: "allowed", vpc: NEW_VPC },
      { name: "adopted", publicDns: "blocked", vpc: { vpcId: VPC_ID, subnetIds: [] } },
    ],
    images: { proxy: "proxy", standIns: "stand-ins" },
    sites: ["rehearsal.example.com"],
    internalSites: {},
    engine,
    root: "/checkout",
    directory: "/checkout/.rehearsal",
  });
}

const compose = (input: unknown, engine?: EngineLimits) => composed(input, engine).services;

interface ContainerDefinition {
  readonly user: string;
  readonly readonlyRootFilesystem: boolean;
  readonly linuxParameters: { readonly capabilities: { readonly drop: string[] } };
  readonly environment: { readonly name: string; readonly value: string }[];
  readonly ulimits: {
    readonly name: string;
    readonly softLimit: number;
    readonly hardLimit: number;
  }[];
  readonly stopTimeout: number;
  readonly healthCheck: Record<string, unknown>;
}

function deployed(input: unknown) {
  const { resource } = synthFleet(input);
  const task = resource["aws_ecs_task_definition"]!["proxy_task"]!;
  const [container] = JSON.parse(task["container_definitions"] as string) as ContainerDefinition[];
  const targets = resource["aws_lb_target_group"]!["nlb_targets"]!;
  return {
    task,
    container: container!,
    port: targets["port"],
    healthCheck: targets["health_check"] as Record<string, number>,
  };
}

const BIGGER = { service: { cpu: 1024, memoryMiB: 4096 } };

describe("what is rehearsed is what is deployed", () => {
  test.each([...Object.entries(FLEETS), ["bigger tasks", BIGGER]])(
    "the proxies: %s",
    (_, input) => {
      const { task, container } = deployed(input);
      const { proxy } = compose(input);
      const { healthCheck } = container;

      expect(proxy.cpus * 1024).toBe(Number(task["cpu"]));
      expect([proxy.mem_limit, proxy.memswap_limit]).toEqual(
        Array(2).fill(`${task["memory"] as string}m`),
      );
      expect(proxy.user).toBe(container.user);
      expect(proxy.read_only).toBe(container.readonlyRootFilesystem);
      expect(proxy.ulimits).toEqual(
        Object.fromEntries(
          container.ulimits.map(({ name, softLimit, hardLimit }) => [
            name,
            { soft: softLimit, hard: hardLimit },
          ]),
        ),
      );
      expect(proxy.cap_drop).toEqual(container.linuxParameters.capabilities.drop);
      expect(proxy.stop_grace_period).toBe(`${container.stopTimeout}s`);
      expect(proxy.healthcheck).toEqual({
        test: healthCheck["command"],
        interval: `${healthCheck["interval"] as number}s`,
        timeout: `${healthCheck["timeout"] as number}s`,
        retries: healthCheck["retries"],
        start_period: `${healthCheck["startPeriod"] as number}s`,
      });
      // Only where the load balancer and the store are differs.
      const variables = container.environment.map(({ name, value }) => [name, value]);
      expect(proxy.environment).toEqual({
        ...Object.fromEntries(variables),
        PROXY_PROTOCOL_CIDRS: NETWORKS.service,
        RULES_URL: "https://store.test",
      });
    },
  );

  test("the load balancer", () => {
    const { port, healthCheck } = deployed({});
    expect(compose({})["load-balancer"]).toMatchObject({
      environment: {
        PORT: port,
        HEALTH_CHECK_INTERVAL_SECONDS: healthCheck["interval"],
        HEALTH_CHECK_TIMEOUT_SECONDS: healthCheck["timeout"],
        HEALTHY_THRESHOLD: healthCheck["healthy_threshold"],
        UNHEALTHY_THRESHOLD: healthCheck["unhealthy_threshold"],
      },
    });
  });
});

test("each client has an address, by which the load balancer knows its endpoint", () => {
  const services: Record<string, unknown> = compose({});
  expect([services["client-lab"], services["client-office"]]).toMatchObject(
    NETWORKS.client
      .slice(0, 2)
      .map((address) => ({ networks: { clients: { ipv4_address: address } } })),
  );
  expect(endpointIdOf("198.18.255.9")).toBe("vpce-0ec2ec2ecc612ff09");
  expect(services["load-balancer"]).toMatchObject({
    environment: { VPC_ENDPOINT_ID_PREFIX: "vpce-0ec2ec2ec" },
  });
});

test("a client whose public names are blocked asks a name server that has the proxy's alone", () => {
  const services = compose({}) as Record<string, unknown>;
  expect(services["client-lab"]).not.toHaveProperty("extra_hosts");
  expect(services["client-lab"]).toMatchObject({
    volumes: expect.arrayContaining([
      expect.objectContaining({ source: "/checkout/.rehearsal/closed-resolv.conf" }),
    ]),
  });
  expect(services["client-office"]).toMatchObject({
    volumes: expect.arrayContaining([
      expect.objectContaining({ source: "/checkout/.rehearsal/client-resolv.conf" }),
    ]),
  });
  expect(services["closed-name-server"]).toMatchObject({
    command: expect.arrayContaining([
      "--no-resolv",
      "--local=/#/",
      "--address=/proxy.internal/198.18.255.29",
    ]),
    networks: { clients: { ipv4_address: NETWORKS.closedNameServer } },
  });
});

test("a client in a network that is there already has its endpoint there, by the one name, and nothing else", () => {
  const { services, networks } = composed({});
  const stands: Record<string, unknown> = services;
  expect(networks).toMatchObject({ [VPC_ID]: { name: VPC_ID, external: true } });
  expect(stands["endpoint-adopted"]).toMatchObject({
    environment: { LOAD_BALANCER: "198.18.255.29:3129" },
    networks: {
      clients: { ipv4_address: "198.18.255.26" },
      [VPC_ID]: { aliases: ["proxy.internal"] },
    },
  });
  const attached = Object.entries(stands).filter(([, service]) => {
    return VPC_ID in (service as { readonly networks: object }).networks;
  });
  expect(attached.map(([name]) => name)).toEqual(["client-adopted", "endpoint-adopted"]);
});

test("an engine is not asked for more than it has", () => {
  const { ulimits, cpus } = compose(BIGGER, { cpus: 0.5, files: 20_000 }).proxy;
  expect({ ulimits, cpus }).toEqual({
    ulimits: { nofile: { soft: 20000, hard: 20000 } },
    cpus: 0.5,
  });
});

test("the sites listen on every port that is open, and have every name that is asked for", () => {
  const { site } = compose({ proxy: { httpPorts: [8080, 8443], connectPorts: [443, 8443] } });
  expect(site).toMatchObject({
    environment: {
      NAMES: "site.test,*.site.test,rehearsal.example.com",
      HTTP_PORTS: "80,8080",
      HTTPS_PORTS: "443,8443",
    },
  });
});
