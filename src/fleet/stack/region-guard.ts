import { ref, TerraformResource, Token } from "cdktf";
import { Construct } from "constructs";
import { SELF } from "./readable-stack";
import { alternatives } from "../../common/user-error";

/** The region as Terraform knows it: the name of the selected workspace. */
export const WORKSPACE_REGION = Token.asString(ref("terraform.workspace"));

export interface RegionGuardProps {
  /** The regions that the fleet may live in. */
  readonly regions: readonly string[];
}

/**
 * Makes every plan fail whose workspace is not one of the fleet's regions, before anything is
 * created, and says what to type instead.
 */
export class RegionGuard extends Construct {
  constructor(scope: Construct, id: string, props: RegionGuardProps) {
    super(scope, id);
    const [example] = props.regions;
    // cdktf has a class for this resource, but it starts Terraform at every synthesis, for its version.
    const guard = new TerraformResource(this, SELF, {
      terraformResourceType: "terraform_data",
      lifecycle: {
        precondition: [
          {
            condition: `\${contains(${JSON.stringify(props.regions)}, terraform.workspace)}`,
            errorMessage:
              'The Terraform workspace is the region of the fleet, and "${terraform.workspace}" is not one of ' +
              `${alternatives(props.regions)}. Type: TF_WORKSPACE=${example} npm run deploy`,
          },
        ],
      },
    });
    guard.addOverride("input", WORKSPACE_REGION);
  }
}
