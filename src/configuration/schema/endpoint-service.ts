import { group, oneOf, set, text } from "./checks";
import { reject } from "./mistakes";

export const endpointService = group({
  allowedPrincipals: set(
    text(
      /^(\*|arn:aws:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/,
      'IAM principals such as arn:aws:iam::123456789012:root, or "*"',
    ),
    "a list of IAM principals such as arn:aws:iam::123456789012:root",
  )
    .prefault([])
    .describe(
      "IAM principals of other accounts that may create endpoints, such as `arn:aws:iam::123456789012:root`; " +
        '`"*"`, for every account, only with explicit acceptance',
    ),
  acceptance: oneOf("automatic", "explicit")
    .default("automatic")
    .describe(
      '`"automatic"`, or `"explicit"`: each endpoint waits until somebody accepts it. To change it, destroy the fleet first',
    ),
})
  .superRefine(({ allowedPrincipals, acceptance }, context) => {
    if (allowedPrincipals.includes("*") && acceptance === "automatic") {
      const allowed = '"explicit" when allowedPrincipals has "*": every AWS account could connect';
      reject(context, ["acceptance"], acceptance, allowed);
    }
  })
  .describe("The PrivateLink service, to which client VPCs connect their endpoints");
