import { TerraformOutput } from "cdktf";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { synthWith } from "../../helpers/synth";

const json = synthWith((stack) => {
  const zones = new AvailabilityZones(stack, "azs", { atLeast: 3 });
  new TerraformOutput(stack, "second", { value: zones.name(1) });
});
const [zones] = Object.values(json.data!["aws_availability_zones"]!);

test("are real ones in which the fleet can run, whatever state AWS says they are in", () => {
  expect(zones).toMatchObject({
    filter: [{ name: "zone-type", values: ["availability-zone"] }],
    exclude_zone_ids: ["apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"],
  });
  expect(zones).not.toHaveProperty("state");
});

test("are as many as the fleet needs, or the plan says what to change", () => {
  expect(zones).toMatchObject({
    lifecycle: {
      postcondition: [
        {
          condition: "${length(self.names) >= 3}",
          error_message: expect.stringMatching(
            /^The settings ask for 3 availability zones, .* Lower `azs` in cdktf\.json or choose another region\.$/,
          ),
        },
      ],
    },
  });
});

test("have names that only Terraform knows, counted from 0", () => {
  expect(json.output!["second"]!.value).toBe(
    "${element(data.aws_availability_zones.azs.names, 1)}",
  );
});
