import { ref, TerraformResource, Token } from "cdktf";
import { Construct } from "constructs";
import { SELF } from "./readable-stack";
import { alternatives } from "../../common/user-error";

/** The region as Terraform knows it: the name of the selected workspace. */
export const WORKSPACE_REGION = Token.asString(ref("terraform.workspace"));

export interface RegionGuardProps {
  /** The regions that the fleet may live in. */
  readonly regions: readonly string[];
  /**
   * What the message calls the stack.
   * @default "fleet"
   */
  readonly noun?: string;
  /**
   * The script of package.json that deploys it.
   * @default "deploy"
   */
  readonly script?: string;
}

/**
 * Makes every plan fail whose workspace is not one of the fleet's regions, before anything is
 * created, and says what to type instead.
 */
export class RegionGuard extends Construct {
  constructor(scope: Construct, id: string, props: RegionGuardProps) {
    super(scope, id);
    const { noun = "fleet", script = "deploy" } = props;
    const [example] = props.regions;
    // cdktf has a class for this resource, but it starts Terraform at every synthesis, for its version.
    const guard = new TerraformResource(this, SELF, {
      terraformResourceType: "terraform_data",
      lifecycle: {
        precondition: [
          {
            condition: `\${contains(${JSON.stringify(props.regions)}, terraform.workspace)}`,
            errorMessage:
              `The Terraform workspace is the region of the ${noun}, and "\${terraform.workspace}" is not one of ` +
              `${alternatives(props.regions)}. Type: TF_WORKSPACE=${example} npm run ${script}`,
          },
        ],
      },
    });
    guard.addOverride("input", WORKSPACE_REGION);
  }
}
