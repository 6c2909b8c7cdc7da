/*
 * The rules in force, as one block of bytes that a process writes (compile.c) and others map into their
 * memory (judge.c): so a change costs the helpers nothing, however long the lists are.
 */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the table is; a change puts another file in its place. */
#define TABLE_FILE "/dev/shm/rules"

enum { TABLE_MAGIC = 0x31454c52, VERSION_DIGITS = 12, NO_SET = -1 };

/* A part of an array of the table. */
struct span {
  uint32_t begin, count;
};

/* Names are offsets of texts, sorted by the texts. Patterns are names with a star for one label. */
struct list {
  struct span names, patterns, networks;
};

struct set {
  uint32_t name;
  bool is_report;
  struct list allowed, denied;
};

struct endpoint {
  uint32_t id, name, set;
  bool always;
};

/* An IPv4 address is one that is mapped to IPv6. */
struct network {
  struct in6_addr address;
  uint32_t prefix;
};

/* The header; what is counted follows, each array where its offset from the header says. */
struct table {
  uint32_t magic;
  uint32_t bytes;
  char version[VERSION_DIGITS + 1];
  /* When the index was written, in seconds since 1970. */
  int64_t modified;
  /* The set of whoever has none of its own, or NO_SET: nothing is let through. */
  int32_t set_of_others;
  /* What endpoints that are marked so reach, whatever their set says. */
  struct list always;
  uint32_t set_count, endpoint_count, rule_count;
  uint32_t sets, endpoints, names, networks, texts;
};

/* The address that a host is, in whatever notation; as Squid reads it. */
bool address_of(const char *host, struct in6_addr *address);

/* What the rules say of a host. */
struct verdict {
  bool is_refused;
  /* The list that refuses, or would if it were enforced; NULL if none does. */
  const char *denied_by;
  /* NULL of nobody's endpoint, and of one that has no set. */
  const char *consumer, *rules;
  bool is_report;
};

/* The host in lower case; changes the byte before it. */
struct verdict judge(const struct table *table, const char *endpoint, char *host);
