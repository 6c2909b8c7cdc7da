/*
 * Judges for Squid: an external ACL helper, with concurrency. A line has a channel, the endpoint's id as
 * the load balancer wrote it, and the host; blanks and the like in them are %xx. The answer is OK or ERR (the
 * rules refuse it), with what squid.conf and the log want to know as notes. Where there are no rules it is ERR
 * without a note: after BH, Squid would refuse the request before squid.conf can say why.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"

enum {
  INPUT_BYTES = 64 << 10,
  /*
   * What is as long may have been cut by Squid, so that its end means nothing. No name has an address
   * then: that is at least 256 bytes, each written as three.
   */
  CUT_BYTES = 768,
};

/* --- The table in force -------------------------------------------------------------------------- */

static const struct table *table;
static ino_t table_inode;

/* Takes the table that is there now, if it is another one. One that cannot be taken changes nothing. */
static void look_for_table(void) {
  struct stat now;
  if (stat(TABLE_FILE, &now) != 0 || now.st_ino == table_inode) return;
  int file = open(TABLE_FILE, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (fstat(file, &now) == 0 && (size_t)now.st_size >= sizeof *table) {
    struct table *found = mmap(NULL, (size_t)now.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) {
      bool is_whole = found->magic == TABLE_MAGIC && found->bytes == (size_t)now.st_size;
      void *old = is_whole ? (void *)(uintptr_t)table : found;
      size_t old_bytes = is_whole && table != NULL ? table->bytes : (size_t)now.st_size;
      if (is_whole) {
        table = found;
        table_inode = now.st_ino;
      }
      if (old != NULL) munmap(old, old_bytes);
    }
  }
  close(file);
}

/* --- Lines --------------------------------------------------------------------------------------- */

static int digit(char byte) {
  const char *digits = "0123456789abcdef";
  const char *found = byte == '\0' ? NULL : strchr(digits, byte | ' ');
  return found == NULL ? -1 : (int)(found - digits);
}

/* Puts back what is written as %xx, but for NUL, which would end the word. */
static char *unescape(char *word) {
  char *to = word;
  for (const char *from = word; *from != '\0'; from++) {
    int high = *from == '%' ? digit(from[1]) : -1;
    int low = high < 0 ? -1 : digit(from[2]);
    if (high + low > 0 && low >= 0) {
      *to++ = (char)(high << 4 | low);
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  *to = '\0';
  return word;
}

/*
 * A host in lower case, without dots at its end, and an IPv6 address without the brackets that URLs have.
 * Of the host of a request Squid has seen to some of that, of a server name in TLS to none.
 */
static char *host_of(char *word) {
  bool may_be_cut = strlen(word) >= CUT_BYTES;
  char *host = unescape(word);
  if (may_be_cut) *host = '\0';
  size_t length = strlen(host);
  while (length > 0 && host[length - 1] == '.') host[--length] = '\0';
  for (char *byte = host; *byte != '\0'; byte++) {
    if (*byte >= 'A' && *byte <= 'Z') *byte |= ' ';
  }
  if (*host != '[' || host[length - 1] != ']') return host;
  host[length - 1] = '\0';
  return host + 1;
}

static void answer(char *line) {
  char *channel = strsep(&line, " "), *endpoint = strsep(&line, " "), *host = strsep(&line, " ");
  if (host == NULL) {
    printf("%s BH message=\"not of the format\"\n", channel);
    return;
  }
  if (table == NULL) {
    printf("%s ERR\n", channel);
    return;
  }
  /* In front of an endpoint's id AWS puts the field's type, 1. */
  endpoint = unescape(endpoint);
  struct verdict verdict = judge(table, *endpoint == 1 ? endpoint + 1 : "-", host_of(host));
  printf("%s %s", channel, verdict.is_refused ? "ERR" : "OK");
  if (verdict.consumer != NULL) printf(" consumer_=%s", verdict.consumer);
  if (verdict.rules != NULL) printf(" rules_=%s", verdict.rules);
  if (verdict.is_report) printf(" domainFilter_=report");
  if (verdict.is_refused) {
    printf(" deniedBy_=%s", verdict.denied_by);
    if (verdict.rules == NULL) {
      printf(" setIn_=unknownClients");
    } else {
      printf(" setIn_=rules/%s/%s.txt", verdict.rules, verdict.denied_by);
    }
  } else if (verdict.denied_by != NULL) {
    printf(" wouldBeDeniedBy_=%s", verdict.denied_by);
  }
  putchar('\n');
}

int main(void) {
  static char input[INPUT_BYTES], output[INPUT_BYTES];
  size_t length = 0;
  setvbuf(stdout, output, _IOFBF, sizeof output);
  for (;;) {
    ssize_t got = read(STDIN_FILENO, input + length, sizeof input - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    length += (size_t)got;
    look_for_table();
    char *begin = input, *end;
    while ((end = memchr(begin, '\n', length - (size_t)(begin - input))) != NULL) {
      *end = '\0';
      answer(begin);
      begin = end + 1;
    }
    length -= (size_t)(begin - input);
    /* Longer than anything that Squid takes for a host. */
    if (length == sizeof input) return 1;
    memmove(input, begin, length);
    if (fflush(stdout) != 0) return 1;
  }
}
