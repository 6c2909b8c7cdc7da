import type { Metric, MetricMath } from "./metric";

/** When something rings, in CloudWatch's words, and what whoever is on call needs to know first. */
export interface AlarmDefinition {
  /** Kebab case: the end of the alarm's name, and of its address. */
  readonly id: string;
  /** What clients notice, a sentence. */
  readonly notice: string;
  /** The first command to type. */
  readonly command: string;
  readonly series: Metric | MetricMath;
  readonly periodSeconds: number;
  /** Out of so many periods … */
  readonly evaluationPeriods: number;
  /** … so many must be beyond the threshold. */
  readonly datapointsToAlarm: number;
  /** Beyond which number, or outside which band of anomaly detection (in standard deviations) it rings. */
  readonly rings:
    | { readonly when: "above" | "atLeast" | "below" | "atMost"; readonly threshold: number }
    | { readonly when: "aboveBand" | "belowBand"; readonly deviations: number };
  /** What a period without data counts as. */
  readonly missingData: "breaching" | "notBreaching" | "missing" | "ignore";
}
