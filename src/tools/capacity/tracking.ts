/** How auto scaling is set; docs/settings.md, `service`. */
export interface TrackingProps {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly targetCpuPercent: number;
  readonly targetFlowsPerTask: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
}

/** What both policies look at, of a minute: averages for each healthy task. */
export interface Datapoint {
  readonly cpuPercent: number;
  readonly flows: number;
}

/**
 * How many minutes late CloudWatch has a datapoint. Assumed: AWS says only that a load balancer sends its
 * metrics "in 60-second intervals" ("CloudWatch metrics for your Network Load Balancer").
 */
const DELAY_MINUTES = 1;

/**
 * The alarms that target tracking makes: so many datapoints of a minute above the target, and so many
 * below nine tenths of it. AWS promises no numbers. Those of the datapoints are what its users find in the
 * alarms: hashicorp/terraform-provider-aws issue 42553, aws-samples/amazon-aurora-labs-for-mysql issue 3.
 * The share is from "How target tracking scaling for Application Auto Scaling works": capacity is removed
 * below a threshold that "usually" is more than a tenth lower than the target.
 */
const HIGH_DATAPOINTS = 3;
const LOW_DATAPOINTS = 15;
const LOW_SHARE = 0.9;

/**
 * Two policies of target tracking at one service: which number of tasks they want, minute by minute.
 * Source: "How target tracking scaling for Application Auto Scaling works", its user guide: capacity
 * follows the metric in proportion; the larger of what policies want wins; tasks are removed once all
 * policies would.
 */
export class Tracking {
  private readonly datapoints: Datapoint[] = [];
  private lastOut = -Infinity;
  private lastChange = -Infinity;

  constructor(private readonly props: TrackingProps) {}

  /** @returns how many tasks there should be after a minute, of which the datapoint is. */
  next(minute: number, desired: number, datapoint: Datapoint): number {
    this.datapoints.push(datapoint);
    const { props } = this;
    const known = this.datapoints.slice(0, this.datapoints.length - DELAY_MINUTES);
    const series = [
      { values: known.map(({ cpuPercent }) => cpuPercent), target: props.targetCpuPercent },
      { values: known.map(({ flows }) => flows), target: props.targetFlowsPerTask },
    ];
    const wanted = ({ values, target }: (typeof series)[number]) =>
      Math.ceil((desired * (values.at(-1) ?? 0)) / target);
    const high = series.filter(({ values, target }) =>
      lasts(values, HIGH_DATAPOINTS, (value) => value > target),
    );
    if (high.length > 0) {
      if (minute < this.lastOut + props.scaleOutCooldownSeconds / 60) return desired;
      const more = Math.min(props.maxCapacity, Math.max(...high.map(wanted)));
      return more > desired ? this.change(minute, more, "out") : desired;
    }
    const allLow = series.every(({ values, target }) =>
      lasts(values, LOW_DATAPOINTS, (value) => value < target * LOW_SHARE),
    );
    if (!allLow || minute < this.lastChange + props.scaleInCooldownSeconds / 60) return desired;
    const fewer = Math.max(props.minCapacity, ...series.map(wanted));
    return fewer < desired ? this.change(minute, fewer, "in") : desired;
  }

  private change(minute: number, tasks: number, direction: "in" | "out"): number {
    this.lastChange = minute;
    if (direction === "out") this.lastOut = minute;
    return tasks;
  }
}

function lasts(
  values: readonly number[],
  count: number,
  holds: (value: number) => boolean,
): boolean {
  return values.length >= count && values.slice(-count).every(holds);
}
