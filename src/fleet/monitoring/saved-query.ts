/** A question to the log, in the language of CloudWatch Logs Insights. */
export interface SavedQuery {
  /** Kebab case: the end of the query's name and of its address. */
  readonly id: string;
  /** What it answers, a sentence; the title of its widget. */
  readonly title: string;
  /** Without a log group and a time. */
  readonly query: string;
}
