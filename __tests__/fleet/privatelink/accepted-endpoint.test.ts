import { Token, ref } from "cdktf";
import { AcceptedEndpoint } from "../../../src/fleet/privatelink/accepted-endpoint";
import { only, synthWith } from "../../helpers/synth";

function accepted(onlyIn?: string) {
  const json = synthWith((stack) => {
    new AcceptedEndpoint(stack, "partner", {
      serviceId: "vpce-svc-0123456789abcdef0",
      endpointId: "vpce-0123456789abcdef0",
      region: Token.asString(ref("terraform.workspace")),
      onlyIn,
    });
  });
  return only(json, "aws_vpc_endpoint_connection_accepter");
}

test("an endpoint of somebody else is accepted by its id", () => {
  expect(accepted()).toEqual(
    expect.objectContaining({
      vpc_endpoint_service_id: "vpce-svc-0123456789abcdef0",
      vpc_endpoint_id: "vpce-0123456789abcdef0",
    }),
  );
  expect(accepted()).not.toHaveProperty("count");
});

test("in its region alone, where the stack is deployed to several", () => {
  expect(accepted("eu-west-1")["count"]).toBe('${(terraform.workspace == "eu-west-1") ? 1 : 0}');
});
