import { setTimeout as sleep } from "node:timers/promises";
import type { Rehearsal } from "../rehearsal";
import { LogReader, type LogEvent } from "./log-reader";
import { PERIOD_SECONDS, type Recording } from "./recording";
import { recordingOf, type Sample } from "./sample";
import { usageOf } from "./usage";

/** How often the fleet is looked at; Docker takes two seconds to say what a container uses. */
const SAMPLE_SECONDS = 5;

/** What a recorder has written down. */
export interface Recorded {
  readonly recording: Recording;
  readonly log: readonly LogEvent[];
}

/** Writes down what CloudWatch would have of the fleet, for as long as it is not told to end. */
export class Recorder {
  private readonly samples: Sample[] = [];
  private readonly log = new LogReader();
  private readonly begin = Date.now();
  private readonly ended = new AbortController();
  private readonly sampling: Promise<void>;

  constructor(private readonly rehearsal: Rehearsal) {
    this.sampling = this.sample();
    // Whoever ends it is told; until then it is nobody's.
    this.sampling.catch(() => {});
  }

  /** Waits for the end of the period, so that none is cut short. */
  async end(): Promise<Recorded> {
    const periods = Math.ceil((Date.now() - this.begin) / (PERIOD_SECONDS * 1_000));
    await sleep(this.begin + periods * PERIOD_SECONDS * 1_000 - Date.now());
    await this.abandon();
    const { begin, samples } = this;
    const log = this.log.events;
    return { recording: recordingOf({ begin, periods, samples, log }), log };
  }

  /** Ends at once. */
  async abandon(): Promise<void> {
    this.ended.abort();
    await this.sampling;
    this.log.close();
  }

  private async sample(): Promise<void> {
    const { service } = this.rehearsal;
    while (!this.ended.signal.aborted) {
      const at = Date.now();
      const proxies = await service.proxies();
      this.log.follow(proxies, this.begin);
      const [targets, traffic] = [await service.targets(), await service.traffic()];
      const inState = (wanted: string) => targets.filter(({ state }) => state === wanted).length;
      this.samples.push({
        ...{ at, ...traffic },
        ...{ healthy: inState("healthy"), unhealthy: inState("unhealthy") },
        usage: await usageOf(proxies),
      });
      const next = at + SAMPLE_SECONDS * 1_000 - Date.now();
      await sleep(next, undefined, { signal: this.ended.signal }).catch(() => {});
    }
  }
}
