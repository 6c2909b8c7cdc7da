/*
 * Keeps answers ahead of the answer (102 to 199, such as 103 Early Hints) from clients. Common ones know
 * 100 (Continue) alone: they take another for the last, and what follows for the answer to their next
 * request, to whatever site. http_reply_access could refuse these answers, but with any such line Squid 6
 * loses 3 KiB of memory for each answer (clientAclChecklistFill locks one more than is unlocked).
 *
 * Squid writes such an answer by itself, and squid.conf has it end with the connection, which no web
 * server would say of a hint: so nothing else is taken for one.
 */
#include "calls.h"

#include <string.h>

static const char BEGIN[] = "HTTP/1.1 1", END[] = "\r\nConnection: close\r\n\r\n";

int is_early_hint(const void *buffer, size_t size) {
  const char *head = buffer;
  const size_t begin = sizeof BEGIN - 1, end = sizeof END - 1;
  return size > begin + 2 + end && memcmp(head, BEGIN, begin) == 0 &&
         memcmp(head + begin, "00", 2) != 0 && memcmp(head + begin, "01", 2) != 0 &&
         memcmp(head + size - end, END, end) == 0;
}
