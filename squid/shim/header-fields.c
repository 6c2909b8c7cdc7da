/*
 * Bounds how many fields the head of a request or an answer may have. Squid bounds bytes alone, but a
 * field takes 230 bytes of its memory, be it as short as "a:", and time for each entry in the lists of
 * the others: a head of 60 KB took 3.5 MB, or 15 s of a quarter of a vCPU.
 *
 * Before Squid splits a head (HttpHeader::parse), it looks for a NUL in all of it, and then for the end
 * of line after line. Of a head with too many lines it does not find the end, and refuses it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

/* As Apache, Envoy and HAProxy have it. */
enum { MAX_FIELDS = 100 };

/* The head that is being split, which ends with an empty line, and how many of its lines were found. */
static const char *end_of_head;
static unsigned int lines;

void *memchr(const void *from, int character, size_t length) {
  static void *(*libc_memchr)(const void *, int, size_t);
  if (libc_memchr == NULL) {
    libc_memchr = (void *(*)(const void *, int, size_t))dlsym(RTLD_NEXT, "memchr");
  }
  const char *end = (const char *)from + length;
  if (character == '\0') {
    end_of_head = end;
    lines = 0;
  } else if (character == '\n' && end == end_of_head && ++lines > MAX_FIELDS + 1) {
    return NULL;
  }
  return libc_memchr(from, character, length);
}
