/** The kinds of AWS account the fleet can live in. */
export type Account = "learner-lab" | "standard";

/** What a region's name looks like in the commercial partition; the ARNs of this project are of it. */
export const REGION_PATTERN = /^(?!cn-|us-gov-|us-iso)[a-z]{2}-[a-z]+-\d$/;

/**
 * The regions each kind of account admits unless the settings name others.
 *
 * A Learner Lab has exactly these two. An ordinary account starts with every region that AWS
 * enables by default; the others are opt-in, and a fleet there is named in the settings too.
 * Source: "AWS Regions", AWS General Reference.
 */
export const DEFAULT_REGIONS: Readonly<Record<Account, readonly string[]>> = {
  "learner-lab": ["us-east-1", "us-west-2"],
  standard: [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
  ],
};
