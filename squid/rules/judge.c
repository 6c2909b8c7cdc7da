/* What the rules say of a host. src/configuration/rules/verdict.ts says the same, held to it by tests. */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "table.h"

static const void *at(const struct table *table, uint32_t offset) {
  return (const char *)table + offset;
}

static const char *text(const struct table *table, uint32_t offset) {
  return (const char *)at(table, table->texts) + offset;
}

static bool has_name(const struct table *table, struct span span, const char *name) {
  const uint32_t *names = (const uint32_t *)at(table, table->names) + span.begin;
  uint32_t low = 0, high = span.count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(name, text(table, names[middle]));
    if (order == 0) return true;
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return false;
}

/* The name itself, or a domain with all below it: ".example.com" is sorted among the names. */
static bool matches_name(const struct table *table, struct span names, const char *dotted) {
  if (names.count == 0) return false;
  if (has_name(table, names, dotted + 1)) return true;
  for (const char *rest = dotted; rest != NULL; rest = strchr(rest + 1, '.')) {
    if (has_name(table, names, rest)) return true;
  }
  return false;
}

/* Goes along pattern and name together; the star takes a label. */
static bool fits(const char *pattern, const char *name) {
  while (*pattern != '\0') {
    if (*pattern == '*') {
      size_t label = strcspn(name, ".");
      if (label == 0) return false;
      pattern++;
      name += label;
    } else if (*pattern++ != *name++) {
      return false;
    }
  }
  return *name == '\0';
}

static size_t count_dots(const char *name) {
  size_t dots = 0;
  for (; *name != '\0'; name++) dots += *name == '.';
  return dots;
}

static bool matches_pattern(const struct table *table, struct span span, const char *dotted) {
  if (span.count == 0) return false;
  const uint32_t *patterns = (const uint32_t *)at(table, table->names) + span.begin;
  size_t dots = count_dots(dotted);
  for (uint32_t i = 0; i < span.count; i++) {
    const char *pattern = text(table, patterns[i]);
    size_t needed = count_dots(pattern);
    const char *name = dotted + 1;
    if (*pattern == '.') {
      if (needed > dots) continue;
      /* As many labels from the end as the pattern has. */
      name = dotted;
      for (size_t skip = dots - needed; skip > 0; skip--) name = strchr(name + 1, '.');
    }
    if (fits(pattern, name)) return true;
  }
  return false;
}

static bool is_within(const struct in6_addr *address, const struct network *network) {
  uint32_t bytes = network->prefix / 8, bits = network->prefix % 8;
  if (memcmp(address, &network->address, bytes) != 0) return false;
  return bits == 0 ||
         (address->s6_addr[bytes] ^ network->address.s6_addr[bytes]) >> (8 - bits) == 0;
}

static bool matches_network(const struct table *table, struct span span,
                            const struct in6_addr *address) {
  const struct network *networks =
      (const struct network *)at(table, table->networks) + span.begin;
  for (uint32_t i = 0; i < span.count; i++) {
    if (is_within(address, &networks[i])) return true;
  }
  return false;
}

bool address_of(const char *host, struct in6_addr *address) {
  const char *last = strrchr(host, '.');
  last = last == NULL ? host : last + 1;
  /* A name cannot end in a number, so that most need no further look. */
  if (strchr(host, ':') == NULL && (*last < '0' || *last > '9')) return false;
  struct addrinfo *found = NULL;
  if (getaddrinfo(host, NULL, &(struct addrinfo){.ai_flags = AI_NUMERICHOST}, &found) != 0) {
    return false;
  }
  if (found->ai_family == AF_INET) {
    *address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(address->s6_addr + 12, &((struct sockaddr_in *)(void *)found->ai_addr)->sin_addr, 4);
  } else {
    *address = ((struct sockaddr_in6 *)(void *)found->ai_addr)->sin6_addr;
  }
  freeaddrinfo(found);
  return true;
}

struct host {
  bool is_address;
  struct in6_addr address;
  /* The name behind a dot. */
  const char *dotted;
};

static bool matches(const struct table *table, const struct list *list, const struct host *host) {
  if (host->is_address) return matches_network(table, list->networks, &host->address);
  return matches_name(table, list->names, host->dotted) ||
         matches_pattern(table, list->patterns, host->dotted);
}

static bool is_empty(const struct list *list) {
  return list->names.count + list->patterns.count + list->networks.count == 0;
}

static const struct endpoint *endpoint_of(const struct table *table, const char *id) {
  const struct endpoint *endpoints = at(table, table->endpoints);
  for (uint32_t i = 0; i < table->endpoint_count; i++) {
    if (strcmp(text(table, endpoints[i].id), id) == 0) return &endpoints[i];
  }
  return NULL;
}

struct verdict judge(const struct table *table, const char *endpoint_id, char *name) {
  const struct endpoint *endpoint = endpoint_of(table, endpoint_id);
  int32_t index = endpoint == NULL ? table->set_of_others : (int32_t)endpoint->set;
  const char *consumer = endpoint == NULL ? NULL : text(table, endpoint->name);
  if (index == NO_SET) return (struct verdict){.is_refused = true, .denied_by = "unknown-client"};

  const struct set *set = (const struct set *)at(table, table->sets) + index;
  struct verdict verdict = {
      .consumer = consumer, .rules = text(table, set->name), .is_report = set->is_report};
  struct host host = {.dotted = name - 1};
  name[-1] = '.';
  host.is_address = address_of(name, &host.address);
  if (endpoint != NULL && endpoint->always && matches(table, &table->always, &host)) return verdict;
  if (matches(table, &set->denied, &host)) {
    verdict.denied_by = "denied-domains";
  } else if (!is_empty(&set->allowed) && !matches(table, &set->allowed, &host)) {
    verdict.denied_by = "allowed-domains";
  }
  verdict.is_refused = verdict.denied_by != NULL && !set->is_report;
  return verdict;
}
