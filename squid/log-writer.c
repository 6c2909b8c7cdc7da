/*
 * Writes one stream of the log: takes lines on stdin, and writes a JSON object for each to stdout.
 *
 *   log-writer access     lines of squid.conf's logformat "access"
 *   log-writer messages   whatever else is said; so, too, a line above that is not of that format
 *
 * Nobody waits for it. Where stdout stalls, 4 MiB are kept, then whole lines are dropped, and as soon as
 * there is room again an object says how many. It ends two seconds after its input, if not before.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  /* Of a longer line, only this much; squid.conf keeps the access log's well below. */
  LINE_BYTES = 4096,
  /* A byte takes six at most (\u001b); the rest is for names. */
  OBJECT_BYTES = 6 * LINE_BYTES + 1024,
  QUEUE_BYTES = 4 << 20,
  /* Lines that come within so long are taken together: each awakening costs more than a line. */
  GATHER_MS = 20,
  /* Holds what Squid writes meanwhile. */
  PIPE_BYTES = 256 << 10,
  LAST_WORDS_MS = 2000,
};

/* "access" or "messages". */
static const char *stream;

/* --- The queue: whole objects, each a line ------------------------------------------------------ */

static char queue[QUEUE_BYTES];
static size_t queue_begin, queue_length;
static unsigned long lost;

static bool enqueue(const char *bytes, size_t length) {
  if (length > QUEUE_BYTES - queue_length) return false;
  size_t end = (queue_begin + queue_length) % QUEUE_BYTES;
  size_t first = length < QUEUE_BYTES - end ? length : QUEUE_BYTES - end;
  memcpy(queue + end, bytes, first);
  memcpy(queue, bytes + first, length - first);
  queue_length += length;
  return true;
}

static void dequeue(size_t length) {
  queue_length -= length;
  /* Back to the front, so that memory is not touched that has not been needed yet. */
  queue_begin = queue_length == 0 ? 0 : (queue_begin + length) % QUEUE_BYTES;
}

static void write_queue(void) {
  while (queue_length > 0) {
    size_t contiguous = QUEUE_BYTES - queue_begin;
    ssize_t written = write(STDOUT_FILENO, queue + queue_begin,
                            queue_length < contiguous ? queue_length : contiguous);
    if (written > 0) {
      dequeue((size_t)written);
    } else if (written < 0 && errno == EINTR) {
      continue;
    } else if (written < 0 && errno != EAGAIN) {
      /* Nobody will ever read it. The proxy goes on as with a reader that stalls. */
      for (size_t i = 0; i < queue_length; i++) {
        if (queue[(queue_begin + i) % QUEUE_BYTES] == '\n') lost++;
      }
      dequeue(queue_length);
    } else {
      return;
    }
  }
}

/* --- Objects ------------------------------------------------------------------------------------ */

static char object[OBJECT_BYTES];
static size_t object_length;

static void put_bytes(const char *bytes, size_t length) {
  memcpy(object + object_length, bytes, length);
  object_length += length;
}

static void put(const char *text) { put_bytes(text, strlen(text)); }

/* Whatever the bytes are, this is the inside of a string of JSON, in ASCII, and on one line. */
static void put_escaped(const char *bytes, size_t length) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (byte == '"' || byte == '\\') {
      put_bytes((char[]){'\\', bytes[i]}, 2);
    } else if (byte >= ' ' && byte <= '~') {
      object[object_length++] = bytes[i];
    } else {
      put_bytes((char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
    }
  }
}

static void put_string(const char *bytes, size_t length) {
  put("\"");
  put_escaped(bytes, length);
  put("\"");
}

static void put_number(unsigned long number) {
  char digits[24];
  snprintf(digits, sizeof digits, "%lu", number);
  put(digits);
}

/* Begins an object that is no line of the access log: it has an "event", and those have none. */
static void begin_event(const char *event) {
  struct timespec now;
  struct tm utc;
  char seconds[32], milliseconds[8];
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(milliseconds, sizeof milliseconds, ".%03dZ", (int)(now.tv_nsec / 1000000));
  object_length = 0;
  put("{\"time\":\"");
  put(seconds);
  put(milliseconds);
  put("\",\"event\":\"");
  put(event);
  put("\"");
}

static void end_object(void) {
  put("}\n");
  /* What comes behind a loss waits until it is reported. */
  if (lost > 0 || !enqueue(object, object_length)) lost++;
}

/* Not before half of the queue is free, lest the log be about little else. */
static void report_lost(void) {
  if (lost == 0 || queue_length > QUEUE_BYTES / 2) return;
  begin_event("lost");
  put(",\"log\":\"");
  put(stream);
  put("\",\"lines\":");
  put_number(lost);
  lost = 0;
  end_object();
}

static void add_message(const char *text, size_t length, size_t omitted) {
  begin_event("message");
  put(",\"text\":");
  put_string(text, length);
  if (omitted > 0) {
    put(",\"omittedBytes\":");
    put_number(omitted);
  }
  end_object();
}

/* --- The access log ----------------------------------------------------------------------------- */

enum type { STRING, NUMBER };

/* What the logformat has behind the time and its milliseconds. */
static const struct field {
  const char *name;
  enum type type;
  /* What Squid puts in front and nobody wants. */
  const char *prefix;
} fields[] = {
    {"client", STRING, ""},
    {"clientPort", NUMBER, ""},
    /* The type of the field in the PROXY header, which is always 1. */
    {"endpoint", STRING, "%01"},
    /* What the rules' helper says of it. */
    {"consumer", STRING, ""},
    {"rules", STRING, ""},
    {"method", STRING, ""},
    {"host", STRING, ""},
    {"port", NUMBER, ""},
    {"url", STRING, ""},
    {"sni", STRING, ""},
    /* Of deny_info; the status is a field of its own. */
    {"error", STRING, "503:"},
    {"deniedBy", STRING, ""},
    {"wouldBeDeniedBy", STRING, ""},
    {"result", STRING, ""},
    {"upstream", STRING, ""},
    {"upstreamMs", NUMBER, ""},
    {"dnsMs", NUMBER, ""},
    {"durationMs", NUMBER, ""},
    {"bytesIn", NUMBER, ""},
    {"bytesOut", NUMBER, ""},
    {"status", NUMBER, ""},
};

enum { ENDPOINT = 2, CONSUMER = 3, RULES = 4, METHOD = 5, URL = 8, DENIED_BY = 11, STATUS = 20 };
enum { FIELDS = sizeof fields / sizeof *fields };
enum { TIME, MILLISECONDS, FIRST_FIELD, VALUES = FIRST_FIELD + FIELDS };

struct value {
  const char *bytes;
  size_t length;
};

/* Values are separated by blanks: Squid escapes those that a client could bring. */
static bool split(const char *line, size_t length, struct value values[VALUES]) {
  for (int i = 0; i < VALUES; i++) {
    const char *blank = memchr(line, ' ', length);
    bool is_last = i == VALUES - 1;
    values[i].bytes = line;
    values[i].length = blank == NULL ? length : (size_t)(blank - line);
    if ((blank == NULL) != is_last || values[i].length == 0) return false;
    if (!is_last) {
      line += values[i].length + 1;
      length -= values[i].length + 1;
    }
  }
  return true;
}

static bool is(struct value value, const char *text) {
  return value.length == strlen(text) && memcmp(value.bytes, text, value.length) == 0;
}

/* As JSON has them: no zero in front. */
static bool is_integer(struct value value) {
  size_t first = value.bytes[0] == '-' ? 1 : 0;
  if (first == value.length || (value.bytes[first] == '0' && value.length > first + 1)) return false;
  for (size_t i = first; i < value.length; i++) {
    if (value.bytes[i] < '0' || value.bytes[i] > '9') return false;
  }
  return true;
}

static void put_value(struct value value, struct field field) {
  size_t prefix = strlen(field.prefix);
  if (value.length <= prefix || memcmp(value.bytes, field.prefix, prefix) != 0) prefix = 0;
  if (is(value, "-")) {
    put("null");
  } else if (field.type == NUMBER) {
    put_bytes(value.bytes, value.length);
  } else {
    put_string(value.bytes + prefix, value.length - prefix);
  }
}

/* Squid refuses a head that is too long, or its URL, before it has read what its rules are about. */
static bool is_head_too_long(const struct value *field_values) {
  return is(field_values[METHOD], "-") &&
         (is(field_values[STATUS], "431") || is(field_values[STATUS], "414"));
}

enum { NAMES = 256, NAME_BYTES = 80 };

/* Whom the rules' helper has named last, by a hash of the endpoint: one may take another's place. */
static struct named {
  char endpoint[NAME_BYTES], consumer[NAME_BYTES];
} names[NAMES];

static void keep(char kept[NAME_BYTES], struct value value) {
  memcpy(kept, value.bytes, value.length);
  kept[value.length] = '\0';
}

/*
 * Of what Squid refuses before it asks the helper, such as a connection too many, an earlier line of the
 * same endpoint knows the consumer.
 */
static struct value consumer_of(const struct value *field_values) {
  struct value endpoint = field_values[ENDPOINT], consumer = field_values[CONSUMER];
  if (is(endpoint, "-") || endpoint.length >= NAME_BYTES || consumer.length >= NAME_BYTES) {
    return consumer;
  }
  unsigned int hash = 0;
  for (size_t i = 0; i < endpoint.length; i++) hash = 31 * hash + (unsigned char)endpoint.bytes[i];
  struct named *named = &names[hash % NAMES];
  if (!is(field_values[RULES], "-") || is(field_values[DENIED_BY], "unknown-client")) {
    keep(named->endpoint, endpoint);
    keep(named->consumer, consumer);
  }
  if (!is(endpoint, named->endpoint)) return consumer;
  return (struct value){named->consumer, strlen(named->consumer)};
}

static bool add_entry(const char *line, size_t length) {
  /* Counts what is dropped, too: so a gap shows, wherever a line is lost on its way. */
  static unsigned long sequence;
  struct value values[VALUES];
  if (!split(line, length, values)) return false;
  const struct value *field_values = values + FIRST_FIELD;
  for (int i = 0; i < FIELDS; i++) {
    struct value value = field_values[i];
    if (fields[i].type == NUMBER && !is(value, "-") && !is_integer(value)) return false;
  }
  /*
   * A connection that ends without a request. Squid has an ACL for "no request", but that would hide the
   * requests, too, that it could not read.
   */
  if (is(field_values[URL], "error:transaction-end-before-headers") &&
      is(field_values[STATUS], "0")) {
    return true;
  }
  object_length = 0;
  put("{\"time\":\"");
  put_escaped(values[TIME].bytes, values[TIME].length);
  put(".");
  put_escaped(values[MILLISECONDS].bytes, values[MILLISECONDS].length);
  put("Z\"");
  for (int i = 0; i < FIELDS; i++) {
    put(",\"");
    put(fields[i].name);
    put("\":");
    if (i == DENIED_BY && is_head_too_long(field_values)) {
      put("\"head\"");
    } else if (i == CONSUMER) {
      put_value(consumer_of(field_values), fields[i]);
    } else {
      put_value(field_values[i], fields[i]);
    }
  }
  put(",\"sequence\":");
  put_number(++sequence);
  end_object();
  return true;
}

/* --- Input -------------------------------------------------------------------------------------- */

static char line[LINE_BYTES];
static size_t line_length, line_omitted;

static void end_line(void) {
  report_lost();
  bool may_be_entry = strcmp(stream, "access") == 0 && line_omitted == 0;
  if (line_length > 0 && !(may_be_entry && add_entry(line, line_length))) {
    add_message(line, line_length, line_omitted);
  }
  line_length = line_omitted = 0;
}

static void take(const char *input, size_t length) {
  const char *end = input + length;
  while (input < end) {
    const char *newline = memchr(input, '\n', (size_t)(end - input));
    size_t part = (size_t)((newline == NULL ? end : newline) - input);
    size_t room = LINE_BYTES - line_length;
    size_t taken = part < room ? part : room;
    memcpy(line + line_length, input, taken);
    line_length += taken;
    line_omitted += part - taken;
    input += part;
    if (newline != NULL) {
      end_line();
      input++;
    }
  }
}

/* Takes all that is there; false at the end of the input. */
static bool read_input(void) {
  static char input[64 << 10];
  for (;;) {
    ssize_t length = read(STDIN_FILENO, input, sizeof input);
    if (length > 0) {
      take(input, (size_t)length);
      write_queue();
    } else if (length < 0 && errno == EAGAIN) {
      return true;
    } else if (length == 0 || errno != EINTR) {
      end_line();
      return false;
    }
  }
}

/* --- Life --------------------------------------------------------------------------------------- */

static void wait_for(int descriptor, short event, int milliseconds) {
  poll(&(struct pollfd){.fd = descriptor, .events = event}, 1, milliseconds);
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool never_block(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0;
}

int main(int count, char **arguments) {
  stream = count == 2 ? arguments[1] : "";
  if (strcmp(stream, "access") != 0 && strcmp(stream, "messages") != 0) {
    fputs("usage: log-writer access|messages\n", stderr);
    return 2;
  }
  if (!never_block(STDIN_FILENO) || !never_block(STDOUT_FILENO)) {
    perror("log-writer: its input and output must be open");
    return 1;
  }
  fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
  /* Squid's last words come after the signal that ends it. */
  const int ignored[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);

  do {
    if (queue_length == 0) {
      wait_for(STDIN_FILENO, POLLIN, -1);
      poll(NULL, 0, GATHER_MS);
    } else {
      wait_for(STDOUT_FILENO, POLLOUT, GATHER_MS);
    }
    write_queue();
    report_lost();
  } while (read_input());

  long end = now_ms() + LAST_WORDS_MS;
  for (;;) {
    report_lost();
    write_queue();
    long left = end - now_ms();
    if (queue_length == 0 || left <= 0) return 0;
    wait_for(STDOUT_FILENO, POLLOUT, (int)left);
  }
}
