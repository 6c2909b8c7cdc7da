/*
 * Reads what src/fleet/rules/rule-objects.ts writes, and refuses everything else: an answer that is cut
 * off, garbled or another's must not change what is enforced.
 */
#define _GNU_SOURCE
#include "compile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Arrays that grow ---------------------------------------------------------------------------- */

struct array {
  char *items;
  size_t count, room;
};

static void *extend(struct array *array, size_t size, size_t count) {
  size_t needed = array->count + count;
  if (needed > array->room) {
    array->room = needed > 2 * array->room ? needed : 2 * array->room;
    array->items = realloc(array->items, array->room * size);
    /* As whatever else is killed where there is no memory; whoever watches starts it again. */
    if (array->items == NULL) abort();
  }
  void *added = array->items + array->count * size;
  array->count = needed;
  return added;
}

struct parts {
  char version[VERSION_DIGITS + 1];
  int32_t set_of_others;
  struct list always;
  uint32_t rule_count;
  struct array sets, endpoints, names, networks, texts;
};

/* --- What is wrong ------------------------------------------------------------------------------- */

static bool fail(struct compilation *compilation, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(compilation->problem, sizeof compilation->problem, format, arguments);
  va_end(arguments);
  return false;
}

/* --- Words --------------------------------------------------------------------------------------- */

enum { MAX_WORDS = 6 };

struct line {
  char *words[MAX_WORDS];
  int count;
};

/* Between two words is one blank. */
static bool split(char *text, struct line *line) {
  line->count = 0;
  for (char *word; (word = strsep(&text, " ")) != NULL;) {
    if (*word == '\0' || line->count == MAX_WORDS) return false;
    line->words[line->count++] = word;
  }
  return true;
}

static bool is(const struct line *line, const char *verb, int count) {
  return line->count == count && strcmp(line->words[0], verb) == 0;
}

static bool consists_of(const char *word, const char *bytes, size_t longest) {
  size_t length = strlen(word);
  return length > 0 && length <= longest && strspn(word, bytes) == length;
}

static const char LOWER_CASE[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char HEXADECIMAL[] = "0123456789abcdef";

static bool is_name(const char *word) { return consists_of(word, LOWER_CASE, NAME_BYTES - 1); }

static bool is_sha256(const char *word) {
  return strlen(word) == SHA256_DIGITS && consists_of(word, HEXADECIMAL, SHA256_DIGITS);
}

static bool has_sha256(const char *bytes, size_t length, const char *expected) {
  unsigned char digest[32];
  char digits[SHA256_DIGITS + 1];
  if (EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) != 1) return false;
  for (size_t i = 0; i < sizeof digest; i++) snprintf(digits + 2 * i, 3, "%02x", digest[i]);
  return strcmp(digits, expected) == 0;
}

/* --- Rules --------------------------------------------------------------------------------------- */

static uint32_t add_text(struct parts *parts, const char *text) {
  size_t length = strlen(text) + 1;
  uint32_t offset = (uint32_t)parts->texts.count;
  memcpy(extend(&parts->texts, 1, length), text, length);
  return offset;
}

static bool is_domain(const char *text) {
  const char *name = *text == '.' ? text + 1 : text;
  if (!consists_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.*", 253)) return false;
  if (strstr(name, "..") != NULL || *name == '.' || name[strlen(name) - 1] == '.') return false;
  /* The star is a label of its own, and one with others on both sides. */
  const char *star = strchr(name, '*');
  return star == NULL || (star > name && star[-1] == '.' && star[1] == '.' &&
                          strchr(star + 1, '*') == NULL);
}

static bool read_network(char *text, struct network *network) {
  char *slash = strchr(text, '/');
  if (slash == NULL || !consists_of(slash + 1, "0123456789", 3)) return false;
  *slash = '\0';
  network->prefix = (uint32_t)atoi(slash + 1);
  network->address = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
  if (inet_pton(AF_INET, text, network->address.s6_addr + 12) == 1) {
    network->prefix += 96;
    return network->prefix <= 128;
  }
  return network->prefix <= 128 && inet_pton(AF_INET6, text, &network->address) == 1;
}

/* Rules of a list, until it is ended: which kind they are of is known only then. */
struct rules {
  struct array names, patterns, networks;
};

static bool add_rule(struct parts *parts, struct rules *rules, char *text) {
  struct network network;
  parts->rule_count++;
  if (strchr(text, '/') != NULL) {
    if (!read_network(text, &network)) return false;
    *(struct network *)extend(&rules->networks, sizeof network, 1) = network;
    return true;
  }
  if (!is_domain(text)) return false;
  struct array *names = strchr(text, '*') == NULL ? &rules->names : &rules->patterns;
  *(uint32_t *)extend(names, sizeof(uint32_t), 1) = add_text(parts, text);
  return true;
}

static int by_text(const void *one, const void *other, void *texts) {
  return strcmp((const char *)texts + *(const uint32_t *)one,
                (const char *)texts + *(const uint32_t *)other);
}

static struct span move_items(struct array *from, struct array *to, size_t size) {
  struct span span = {.begin = (uint32_t)to->count, .count = (uint32_t)from->count};
  void *added = extend(to, size, from->count);
  if (from->count > 0) memcpy(added, from->items, from->count * size);
  free(from->items);
  *from = (struct array){0};
  return span;
}

static struct list end_rules(struct parts *parts, struct rules *rules) {
  if (rules->names.count > 0) {
    qsort_r(rules->names.items, rules->names.count, sizeof(uint32_t), by_text, parts->texts.items);
  }
  return (struct list){
      .names = move_items(&rules->names, &parts->names, sizeof(uint32_t)),
      .patterns = move_items(&rules->patterns, &parts->names, sizeof(uint32_t)),
      .networks = move_items(&rules->networks, &parts->networks, sizeof(struct network)),
  };
}

/* --- Objects ------------------------------------------------------------------------------------- */

/* Calls for each line but comments; the last one must be whole. False ends it. Cuts the bytes into words. */
static bool for_each_line(struct compilation *compilation, const char *object, char *bytes,
                          size_t length,
                          bool (*take)(struct compilation *, struct line *, void *), void *context) {
  if (length == 0 || bytes[length - 1] != '\n' || memchr(bytes, '\0', length) != NULL) {
    return fail(compilation, "%s is empty, cut off, or no text", object);
  }
  bytes[length - 1] = '\0';
  for (int number = 1; bytes != NULL; number++) {
    char *text = strsep(&bytes, "\n");
    struct line line;
    if (*text == '#') continue;
    if (!split(text, &line) || !take(compilation, &line, context)) {
      return fail(compilation, "%s: line %d is nothing that belongs there", object, number);
    }
  }
  return true;
}

struct index_context {
  struct rules always;
  bool has_format, has_unknown;
};

static int32_t set_of(const struct compilation *compilation, const char *name) {
  for (size_t i = 0; i < compilation->set_count; i++) {
    if (strcmp(compilation->entries[i].name, name) == 0) return (int32_t)i;
  }
  return NO_SET;
}

static bool take_set_entry(struct compilation *compilation, const struct line *line) {
  const char *name = line->words[1], *filter = line->words[2], *sha256 = line->words[3];
  bool is_report = strcmp(filter, "report") == 0;
  if (!is_name(name) || !is_sha256(sha256) || set_of(compilation, name) != NO_SET) return false;
  if ((!is_report && strcmp(filter, "enforce") != 0) || compilation->set_count == MAX_SETS) {
    return false;
  }
  struct set_entry *entry = &compilation->entries[compilation->set_count++];
  strcpy(entry->name, name);
  strcpy(entry->sha256, sha256);
  struct parts *parts = compilation->parts;
  struct set *set = extend(&parts->sets, sizeof *set, 1);
  *set = (struct set){.name = add_text(parts, name), .is_report = is_report};
  return true;
}

static bool take_endpoint(struct compilation *compilation, const struct line *line) {
  const char *id = line->words[1], *name = line->words[2];
  int32_t set = set_of(compilation, line->words[3]);
  bool always = line->count == 5;
  if (!is_name(id) || !is_name(name) || set == NO_SET) return false;
  if (always && strcmp(line->words[4], "always") != 0) return false;
  struct parts *parts = compilation->parts;
  struct endpoint endpoint = {.id = add_text(parts, id),
                              .name = add_text(parts, name),
                              .set = (uint32_t)set,
                              .always = always};
  *(struct endpoint *)extend(&parts->endpoints, sizeof endpoint, 1) = endpoint;
  return true;
}

static bool take_index_line(struct compilation *compilation, struct line *line, void *of) {
  struct index_context *context = of;
  if (!context->has_format) {
    context->has_format = is(line, "format", 2) && strcmp(line->words[1], "1") == 0;
    return context->has_format;
  }
  /* Behind it is only the checksum, which was looked at. */
  if (context->has_unknown) return is(line, "sha256", 2);
  if (is(line, "set", 4)) return take_set_entry(compilation, line);
  if (is(line, "always", 2)) {
    return add_rule(compilation->parts, &context->always, line->words[1]);
  }
  if (is(line, "endpoint", 4) || is(line, "endpoint", 5)) return take_endpoint(compilation, line);
  if (!is(line, "unknown", 2)) return false;
  context->has_unknown = true;
  bool is_default = strcmp(line->words[1], "default") == 0;
  compilation->parts->set_of_others = is_default ? set_of(compilation, "default") : NO_SET;
  return is_default ? compilation->parts->set_of_others != NO_SET
                    : strcmp(line->words[1], "deny") == 0;
}

bool compile_index(struct compilation *compilation, char *bytes, size_t length) {
  static const char object[] = "index.txt", before[] = "sha256 ";
  enum { CHECKSUM_BYTES = sizeof before - 1 + SHA256_DIGITS + 1 };
  *compilation = (struct compilation){.parts = calloc(1, sizeof(struct parts))};
  if (compilation->parts == NULL) abort();
  char digits[SHA256_DIGITS + 1] = "";
  const char *checksum = bytes + length - CHECKSUM_BYTES;
  if (length < CHECKSUM_BYTES || memcmp(checksum, before, sizeof before - 1) != 0) {
    return fail(compilation, "%s does not end in its checksum: it is cut off, or something else", object);
  }
  memcpy(digits, checksum + sizeof before - 1, SHA256_DIGITS);
  if (!has_sha256(bytes, length - CHECKSUM_BYTES, digits)) {
    return fail(compilation, "%s does not have its checksum", object);
  }
  memcpy(compilation->parts->version, digits, VERSION_DIGITS);
  struct index_context context = {0};
  bool is_good =
      for_each_line(compilation, object, bytes, length, take_index_line, &context);
  compilation->parts->always = end_rules(compilation->parts, &context.always);
  if (is_good && !context.has_unknown) return fail(compilation, "%s does not say what is unknown", object);
  return is_good;
}

struct set_context {
  struct rules allowed, denied;
};

static bool take_rule(struct compilation *compilation, struct line *line, void *of) {
  struct set_context *context = of;
  bool is_allowed = is(line, "allow", 2);
  return (is_allowed || is(line, "deny", 2)) &&
         add_rule(compilation->parts, is_allowed ? &context->allowed : &context->denied,
                  line->words[1]);
}

bool compile_set(struct compilation *compilation, size_t entry, char *bytes, size_t length) {
  char object[NAME_BYTES + sizeof "sets/.txt"];
  snprintf(object, sizeof object, "sets/%s.txt", compilation->entries[entry].name);
  if (!has_sha256(bytes, length, compilation->entries[entry].sha256)) {
    return fail(compilation, "%s does not have the checksum that index.txt says", object);
  }
  struct set_context context = {0};
  bool is_good = for_each_line(compilation, object, bytes, length, take_rule, &context);
  struct parts *parts = compilation->parts;
  struct list allowed = end_rules(parts, &context.allowed), denied = end_rules(parts, &context.denied);
  struct set *set = (struct set *)(void *)parts->sets.items + entry;
  set->allowed = allowed;
  set->denied = denied;
  return is_good;
}

/* --- The table ----------------------------------------------------------------------------------- */

static bool write_all(int file, const void *bytes, size_t length) {
  for (const char *rest = bytes; length > 0;) {
    ssize_t written = write(file, rest, length);
    if (written <= 0) return false;
    rest += written;
    length -= (size_t)written;
  }
  return true;
}

bool write_table(const struct compilation *compilation, int file, struct table *header) {
  const struct parts *parts = compilation->parts;
  header->magic = TABLE_MAGIC;
  header->set_of_others = parts->set_of_others;
  header->always = parts->always;
  header->set_count = (uint32_t)parts->sets.count;
  header->endpoint_count = (uint32_t)parts->endpoints.count;
  header->rule_count = parts->rule_count;
  memcpy(header->version, parts->version, sizeof header->version);
  const struct {
    const struct array *array;
    size_t size;
    uint32_t *offset;
  } sections[] = {
      {&parts->sets, sizeof(struct set), &header->sets},
      {&parts->endpoints, sizeof(struct endpoint), &header->endpoints},
      {&parts->names, sizeof(uint32_t), &header->names},
      {&parts->networks, sizeof(struct network), &header->networks},
      {&parts->texts, 1, &header->texts},
  };
  size_t bytes = sizeof *header;
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    *sections[i].offset = (uint32_t)bytes;
    bytes += sections[i].array->count * sections[i].size;
  }
  header->bytes = (uint32_t)bytes;
  bool is_written = write_all(file, header, sizeof *header);
  for (size_t i = 0; is_written && i < sizeof sections / sizeof *sections; i++) {
    const struct array *array = sections[i].array;
    is_written = write_all(file, array->items, array->count * sections[i].size);
  }
  return is_written;
}

void end_compilation(struct compilation *compilation) {
  struct parts *parts = compilation->parts;
  struct array *arrays[] = {&parts->sets, &parts->endpoints, &parts->names, &parts->networks,
                            &parts->texts};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]->items);
  free(parts);
}
