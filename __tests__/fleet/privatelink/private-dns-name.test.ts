import { ConditionsPlan, type Known } from "../../helpers/conditions";
import { PRIVATE_DNS, synthFleet } from "../../helpers/fleet";
import { only } from "../../helpers/synth";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const json = synthFleet({
  account: "standard",
  dnsName: "none",
  endpointService: PRIVATE_DNS,
  clients: [],
});
const record = only(json, "aws_route53_record");

test("is proved by a record below it, in the public zone", () => {
  expect(record).toMatchObject({
    zone_id: "${data.aws_route53_zone.link_name_zone.zone_id}",
    name: "${aws_vpc_endpoint_service.link.private_dns_name_configuration[0].name}.proxy.example.com",
    type: "TXT",
    records: ["${aws_vpc_endpoint_service.link.private_dns_name_configuration[0].value}"],
  });
  expect(json.data!["aws_route53_zone"]!["link_name_zone"]!["zone_id"]).toBe(
    PRIVATE_DNS.publicZoneId,
  );
});

test("AWS looks for the record when it is there, and again when it is another one", () => {
  expect(only(json, "aws_vpc_endpoint_service_private_dns_verification")).toMatchObject({
    service_id: "${aws_vpc_endpoint_service.link.id}",
    wait_for_verification: true,
    depends_on: ["aws_route53_record.link_name_proof"],
    lifecycle: { replace_triggered_by: ["aws_route53_record.link_name_proof"] },
  });
});

describeWith([TERRAFORM], "a plan with a private DNS name", () => {
  const SERVICE = "aws_vpc_endpoint_service_link";
  const FITTING: Known = {
    aws_route53_zone_link_name_zone: { private_zone: false, name: "example.com" },
    aws_availability_zones_azs: { names: ["us-east-1a", "us-east-1b"] },
    [SERVICE]: {
      id: "vpce-svc-1",
      private_dns_name_configuration: [{ name: "_1", value: "vpce:1" }],
    },
  };
  const plan = new ConditionsPlan(json, FITTING, { record });

  afterAll(() => plan.remove());

  test("passes with the zone of a domain above it, and with its own", () => {
    expect(plan.run()).toContain("Plan:");
    const zone = { name: "proxy.example.com" };
    expect(plan.run({ aws_route53_zone_link_name_zone: zone })).toContain("Plan:");
  });

  test.each<[string, Known, string]>([
    [
      "with another domain's zone",
      { aws_route53_zone_link_name_zone: { name: "ample.com" } },
      "The public zone Z0123456789ABCDEFGHIJ is that of ample.com, and cannot prove proxy.example.com.",
    ],
    [
      "with a private zone",
      { aws_route53_zone_link_name_zone: { private_zone: true } },
      "The private zone Z0123456789ABCDEFGHIJ is that of example.com, and cannot prove proxy.example.com.",
    ],
    [
      "of a service that has had no name",
      { [SERVICE]: { private_dns_name_configuration: [] } },
      "--service-id vpce-svc-1 --private-dns-name proxy.example.com; then plan again.",
    ],
  ])("fails %s, and says what to do", (_, differing, message) => {
    expect(plan.run(differing)).toContain(message);
  });
});
