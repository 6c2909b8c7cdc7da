import { nearestTo } from "./nearest";

/** The kinds of AWS account the fleet can live in. */
export type Account = "learner-lab" | "standard";

/**
 * What a region's name looks like in the commercial partition; the ARNs of this project are of it. The
 * points of the compass are all that AWS takes, and a mistyped one is none; areas and numbers are open,
 * so that a new region needs no new release.
 */
export const REGION_PATTERN =
  /^(?!cn-|us-gov-|us-iso)[a-z]{2}-(central|(north|south)(east|west)?|east|west)-\d$/;

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

/** The regions that an account has to enable first. Only for suggestions. Source: as above. */
const OPT_IN_REGIONS = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
];

/** The region that was probably meant by a name that is none, in words; nothing where none is near. */
export function nearestRegion(
  name: string,
  regions: readonly string[] = [...DEFAULT_REGIONS.standard, ...OPT_IN_REGIONS],
): string | undefined {
  if (REGION_PATTERN.test(name)) return undefined;
  const nearest = nearestTo(name, regions);
  return nearest && `${JSON.stringify(nearest)}, which is the nearest region`;
}
