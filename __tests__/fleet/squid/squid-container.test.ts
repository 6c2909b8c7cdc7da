import { squidContainer, type SquidContainerProps } from "../../../src/fleet/squid/squid-container";

const container = (props: Partial<SquidContainerProps> = {}) =>
  squidContainer({
    image: { uri: "registry/squid:1", dependables: [] },
    logGroupName: "logs",
    region: "us-east-1",
    rulesUrl: "https://rules.example",
    cpu: 256,
    memoryMiB: 512,
    proxyProtocolCidrs: ["10.0.2.0/24", "10.0.3.0/24"],
    sniCheck: "off",
    httpPorts: [80],
    connectPorts: [443],
    privateCidrs: [],
    cache: "off",
    maxRequestHeadKiB: 16,
    maxReplyHeadKiB: 16,
    receiveBufferKiB: 128,
    ...props,
  });

const environment = (props: Partial<SquidContainerProps> = {}) => container(props).environment;

test("is hardened, limited and checked", () => {
  expect(container()).toMatchObject({
    name: "squid",
    image: "registry/squid:1",
    essential: true,
    user: "13:13",
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    ulimits: [{ name: "nofile", softLimit: 65535, hardLimit: 65535 }],
    portMappings: [{ containerPort: 3128, protocol: "tcp" }],
    stopTimeout: 120,
    healthCheck: { command: ["CMD", "/usr/local/bin/healthcheck"] },
  });
});

test("logs to CloudWatch and never waits for it", () => {
  expect(container()).toMatchObject({
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": "logs",
        "awslogs-region": "us-east-1",
        mode: "non-blocking",
      },
    },
  });
});

test("what is checked and the task's size are in its environment", () => {
  expect(environment({ memoryMiB: 1024, sniCheck: "on", cache: "shared" })).toEqual(
    expect.arrayContaining([
      { name: "SNI_CHECK", value: "on" },
      { name: "CACHE_MEM_MIB", value: "128" },
    ]),
  );
});

test("the environment has what the entrypoint reads, sorted as ECS reports it", () => {
  expect(environment()).toEqual([
    { name: "CACHE_MEM_MIB", value: "0" },
    { name: "CONNECT_PORTS", value: "443" },
    { name: "HTTP_PORTS", value: "80" },
    { name: "MAX_CONNECTIONS", value: "470" },
    { name: "MAX_CONNECTIONS_PER_CLIENT", value: "42" },
    { name: "MAX_FILEDESCRIPTORS", value: "2380" },
    { name: "MAX_REPLY_HEAD_KIB", value: "16" },
    { name: "MAX_REQUEST_HEAD_KIB", value: "16" },
    { name: "PROXY_PROTOCOL_CIDRS", value: "10.0.2.0/24,10.0.3.0/24" },
    { name: "RECEIVE_BUFFER_KIB", value: "128" },
    { name: "RULES_URL", value: "https://rules.example" },
    { name: "SHUTDOWN_DELAY_SECONDS", value: "20" },
    { name: "SHUTDOWN_LIFETIME_SECONDS", value: "60" },
    { name: "SNI_CHECK", value: "off" },
    { name: "SQUIDS", value: "1" },
  ]);
});

test("lists are separated by commas", () => {
  expect(
    environment({
      httpPorts: [80, 8080],
      connectPorts: [443, 8443],
      privateCidrs: ["10.9.0.0/16", "192.168.0.0/24"],
    }),
  ).toEqual(
    expect.arrayContaining([
      { name: "HTTP_PORTS", value: "80,8080" },
      { name: "CONNECT_PORTS", value: "443,8443" },
      { name: "PRIVATE_CIDRS", value: "10.9.0.0/16,192.168.0.0/24" },
    ]),
  );
});

test("no plain HTTP is said in a word, because ECS drops variables that are empty", () => {
  const variables = environment({ httpPorts: [], proxyProtocolCidrs: [] });
  expect(variables).toContainEqual({ name: "HTTP_PORTS", value: "none" });
  expect(variables.filter(({ value }) => value === "")).toEqual([]);
});

test("a cache has a size, and leaves less for connections", () => {
  expect(environment({ cache: "shared" })).toEqual(
    expect.arrayContaining([
      { name: "CACHE_MEM_MIB", value: "64" },
      { name: "MAX_CONNECTIONS", value: "327" },
    ]),
  );
});

test("larger heads and buffers leave less for connections, too", () => {
  const larger = { maxRequestHeadKiB: 32, maxReplyHeadKiB: 24, receiveBufferKiB: 256 };
  expect(environment(larger)).toEqual(
    expect.arrayContaining([
      { name: "MAX_CONNECTIONS", value: "300" },
      { name: "MAX_REPLY_HEAD_KIB", value: "24" },
      { name: "MAX_REQUEST_HEAD_KIB", value: "32" },
      { name: "RECEIVE_BUFFER_KIB", value: "256" },
    ]),
  );
});

test("a client may have as many connections as the settings say", () => {
  expect(environment({ maxConnectionsPerClient: 300 })).toContainEqual({
    name: "MAX_CONNECTIONS_PER_CLIENT",
    value: "300",
  });
});
