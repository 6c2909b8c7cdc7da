import { exceededQuotas } from "../../src/configuration/quotas";
import { parseSettings } from "../../src/configuration/settings";
import { EXISTING_SERVICE_VPC, EXISTING_VPC } from "../helpers/fleet";

function exceeded(input: object): string[] {
  const parsed = parseSettings(input);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return exceededQuotas(parsed.settings);
}

const clients = (count: number, vpc: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ name: `client-${index + 1}`, ...vpc }));

const thirtyThere = clients(30).map((client, index) => ({
  ...client,
  ...EXISTING_VPC,
  vpcId: `vpc-000000${10 + index}`,
}));

test.each([
  ["the defaults", {}],
  ["three client VPCs, beside the service's and the region's own", { clients: clients(3) }],
  ["thirty VPCs that are there", { regions: ["us-east-1"], clients: thirtyThere }],
  [
    "four client VPCs, with a service VPC that is there, and its way out",
    { regions: ["us-east-1"], vpc: EXISTING_SERVICE_VPC, clients: clients(4) },
  ],
  ["five zones", { vpc: { azs: 5 } }],
  ["six zones with one NAT gateway", { vpc: { azs: 6, natGateways: "single" } }],
])("a new account has enough for %s", (_, settings) => {
  expect(exceeded(settings)).toEqual([]);
});

test("more VPCs than a new account has are said, with what to type", () => {
  expect(exceeded({ clients: clients(4) })).toEqual([
    "the fleet makes 5 VPCs, and the region's own takes 1; an account has 5 in a region unless it asks for more. " +
      "Look: aws service-quotas get-service-quota --service-code vpc --quota-code L-F678F1CE --region <region>; " +
      "ask: aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE " +
      "--region <region> --desired-value 6",
  ]);
});

test("so are more Elastic IP addresses", () => {
  const [line, ...others] = exceeded({ vpc: { azs: 6 } });
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^the fleet makes 6 Elastic IP addresses; .*L-0263D0A3.* --desired-value 6$/,
  );
});
