import { UserError } from "./user-error";

/** What an error of AWS is called: the code of the network's, or the name of the service's. */
export function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return code ?? name ?? "";
}

/**
 * What the errors mean that any call to AWS may end with: credentials that are missing, expired or
 * wrong, and AWS out of reach. Others, a UserError among them, pass unchanged.
 */
export function explainAwsError(error: unknown, region: string): unknown {
  const { message } = error as { message?: string };
  switch (nameOf(error)) {
    case "CredentialsProviderError":
      return new UserError(
        "There are no AWS credentials. Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, in a Learner Lab, " +
          'AWS_SESSION_TOKEN (AWS Details, "AWS CLI: Show"), or AWS_PROFILE.',
      );
    case "ExpiredToken":
    case "ExpiredTokenException":
      return new UserError(
        "The AWS credentials have expired. A Learner Lab gives new ones with each start of the lab.",
      );
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
    case "UnrecognizedClientException":
      return new UserError(`AWS does not accept the credentials: ${message}`);
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
      return new UserError(`AWS cannot be reached in region ${region}: ${message}`);
    default:
      return error;
  }
}
