/*
 * With the SNI check, Squid 6 refuses a tunnel without what reply_header_add says (errorSend), so that
 * only the page names the rule. Here its head does, too.
 *
 * The first that is written to a client begins with a head. All that comes from web servers has
 * Cache-Status there, so none can claim that the proxy has refused.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

enum { MAX_FILES = 1 << 20 };

static const char FIELD[] = "\r\nX-Denied-By: ";

/* By file descriptor: a client's, to which nothing has been written yet. */
static char is_new[MAX_FILES];
static int sni_check;

__attribute__((constructor)) static void read_setting(void) {
  const char *value = getenv("SNI_CHECK");
  sni_check = value != NULL && strcmp(value, "on") == 0;
}

void refused_tunnels_accept(int fd) {
  if (sni_check && fd < MAX_FILES) is_new[fd] = 1;
}

void refused_tunnels_close(int fd) {
  if (fd >= 0 && fd < MAX_FILES) is_new[fd] = 0;
}

static char *find(const char *begin, const char *end, const char *text) {
  return begin == NULL ? NULL : memmem(begin, (size_t)(end - begin), text, strlen(text));
}

ssize_t refused_tunnels_write(int fd, const void *buffer, size_t size) {
  if (fd < 0 || fd >= MAX_FILES || !is_new[fd]) return gone_clients_write(fd, buffer, size);
  is_new[fd] = 0;
  const char *begin = buffer, *end = begin + size;
  char *body = find(begin, end, "\r\n\r\n");
  /* As squid/errors have it; where no rule has refused, there is "-". */
  char *rule = find(find(body, end, "rule \""), end, "\"");
  char *rule_end = rule == NULL ? NULL : find(++rule, end, "\"");
  if (rule_end == NULL || *rule == '-' || find(begin, body, "\r\nX-Squid-Error: ") == NULL ||
      find(begin, body, "\r\nCache-Status: ") != NULL) {
    return gone_clients_write(fd, buffer, size);
  }
  const struct iovec parts[] = {
      {(char *)begin, (size_t)(body - begin)},
      {(char *)FIELD, sizeof FIELD - 1},
      {rule, (size_t)(rule_end - rule)},
      {body, (size_t)(end - body)},
  };
  /* The socket's buffer is empty, so all of it has room. */
  return writev(fd, parts, sizeof parts / sizeof *parts) < 0 ? -1 : (ssize_t)size;
}
