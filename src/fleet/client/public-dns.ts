/** Whether a VPC's own resolver answers for names of the Internet (`allowed`) or does not (`blocked`). */
export type PublicDns = "blocked" | "allowed";
