import { DOMAIN_LISTS, readDomainList } from "./domain-list";
import { listCapacityMistake, type TaskProps } from "./domain-list-capacity";
import type { DomainLists } from "./domain-match";
import { publicSuffixWarnings } from "./public-suffixes";

/** What {@link readDomainLists} found. */
export interface ReadDomainLists {
  /** The lists, as far as they are right. */
  readonly lists: DomainLists;
  readonly mistakes: readonly string[];
  /** What is allowed and most likely not meant, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads the lists that go into an image that is built here.
 *
 * @param directory the checkout.
 * @param task what the tasks that read them have; without it, the lists may have any length.
 */
export function readDomainLists(directory: string, task: TaskProps | undefined): ReadDomainLists {
  const allowed = readDomainList(directory, DOMAIN_LISTS.allowed);
  const denied = readDomainList(directory, DOMAIN_LISTS.denied);
  const all = [allowed, denied];
  const domains = all.flatMap((list) => ("domains" in list ? list.domains : []));
  const size = { domains: domains.length, characters: domains.join("").length };
  const tooLong = task && listCapacityMistake(size, task);
  return {
    lists: {
      allowed: "domains" in allowed ? allowed.domains : [],
      denied: "domains" in denied ? denied.domains : [],
    },
    mistakes: [
      ...all.flatMap((list) => ("mistakes" in list ? list.mistakes : [])),
      ...(tooLong === undefined ? [] : [tooLong]),
    ],
    warnings:
      "content" in allowed ? publicSuffixWarnings(DOMAIN_LISTS.allowed, allowed.content) : [],
  };
}
