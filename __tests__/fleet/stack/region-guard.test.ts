import { RegionGuard } from "../../../src/fleet/stack/region-guard";
import { only, synthWith } from "../../helpers/synth";

test("a plan in a workspace that is no region of the fleet fails and says what to type", () => {
  const json = synthWith((stack) => {
    new RegionGuard(stack, "region", { regions: ["us-east-1", "us-west-2"] });
  });
  expect(only(json, "terraform_data")).toMatchObject({
    lifecycle: {
      precondition: [
        {
          condition: '${contains(["us-east-1","us-west-2"], terraform.workspace)}',
          error_message:
            'The Terraform workspace is the region of the fleet, and "${terraform.workspace}" is not one of ' +
            '"us-east-1" or "us-west-2". Type: TF_WORKSPACE=us-east-1 npm run deploy',
        },
      ],
    },
    input: "${terraform.workspace}",
  });
});
