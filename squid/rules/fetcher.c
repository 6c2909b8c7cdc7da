/*
 * Asks the store for the rules, every fifteen seconds, and puts what it finds where the helpers look. All
 * of it is taken over, or nothing: whatever is wrong with an answer, the rules in force stay. What it does
 * is an event in the log, an object on a line of stdout.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compile.h"

/* How the container's check sees that this goes on. */
#define ALIVE_FILE "/dev/shm/rules-fetcher"

enum {
  INTERVAL_SECONDS = 15,
  /* While there are no rules, or the objects do not fit each other, which Terraform writes one by one. */
  RETRY_SECONDS = 1,
  SETTLE_ATTEMPTS = 10,
  /* So that there is one in any hour, for which an alarm looks. */
  CONFIRM_SECONDS = 55 * 60,
  CONNECT_SECONDS = 3,
  ANSWER_SECONDS = 10,
  INDEX_BYTES = 1 << 20,
  OBJECTS_BYTES = 16 << 20,
};

/* --- Events -------------------------------------------------------------------------------------- */

static void log_event(const char *members) {
  struct timespec now;
  struct tm utc;
  char seconds[32], line[1024];
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(line, sizeof line, "{\"time\":\"%s.%03dZ\",%s}\n", seconds,
           (int)(now.tv_nsec / 1000000), members);
  /* Where nobody reads the log, there is nothing to be done. */
  if (write(STDOUT_FILENO, line, strlen(line)) < 0) return;
}

/* Seconds that no change of the clock changes. */
static time_t seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec;
}

static time_t confirmed = -CONFIRM_SECONDS;
/* What was logged last of what is wrong, until it no longer is. */
static char last_problem[512];

static void log_rules(const struct table *table, const char *reason) {
  char members[256];
  snprintf(members, sizeof members,
           "\"event\":\"rules\",\"reason\":\"%s\",\"version\":\"%s\",\"sets\":%u,\"rules\":%u,"
           "\"endpoints\":%u",
           reason, table->version, table->set_count, table->rule_count, table->endpoint_count);
  log_event(members);
  confirmed = seconds_now();
  last_problem[0] = '\0';
}

/* --- What is in force ---------------------------------------------------------------------------- */

/* The header alone. */
static struct table in_force;
static bool has_rules;
static char etag[256];

static void reject(const char *problem) {
  char members[1024];
  if (strcmp(problem, last_problem) == 0) return;
  snprintf(last_problem, sizeof last_problem, "%s", problem);
  snprintf(members, sizeof members, "\"event\":\"rules-rejected\",\"reason\":\"%s\",\"version\":%s%s%s",
           problem, has_rules ? "\"" : "null", has_rules ? in_force.version : "",
           has_rules ? "\"" : "");
  log_event(members);
}

static bool put_in_force(const struct compilation *compilation, struct table *header) {
  static const char draft[] = TABLE_FILE ".new";
  int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool is_written = write_table(compilation, file, header);
  close(file);
  if (!is_written || rename(draft, TABLE_FILE) != 0) {
    unlink(draft);
    return false;
  }
  return true;
}

/* --- Objects of the store ------------------------------------------------------------------------ */

struct answer {
  char *bytes;
  size_t length, most;
  char etag[256];
  curl_off_t modified;
  bool is_unchanged;
  char problem[512];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *of) {
  struct answer *answer = of;
  size_t length = size * count;
  if (length > answer->most - answer->length) return 0;
  char *grown = realloc(answer->bytes, answer->length + length);
  if (grown == NULL) return 0;
  memcpy(grown + answer->length, bytes, length);
  answer->bytes = grown;
  answer->length += length;
  return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *of) {
  static const char name[] = "etag: ";
  struct answer *answer = of;
  size_t length = size * count, begin = sizeof name - 1;
  if (length > begin && strncasecmp(bytes, name, begin) == 0) {
    snprintf(answer->etag, sizeof answer->etag, "%.*s",
             (int)(strcspn(bytes + begin, "\r\n")), bytes + begin);
  }
  return length;
}

/* Always as many bytes, so that they are replaced at once, and where there is no room for more. */
static void tell_alive(void) {
  char seconds[24];
  int file = open(ALIVE_FILE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  int length = snprintf(seconds, sizeof seconds, "%020ld\n", (long)seconds_now());
  bool is_told = pwrite(file, seconds, (size_t)length, 0) == length;
  close(file);
  if (!is_told) unlink(ALIVE_FILE);
}

static bool get(CURL *curl, const char *store, const char *key, bool is_conditional,
                struct answer *answer) {
  char url[1024], condition[300];
  struct curl_slist *headers = NULL;
  tell_alive();
  snprintf(url, sizeof url, "%s/%s", store, key);
  if (is_conditional && etag[0] != '\0') {
    snprintf(condition, sizeof condition, "If-None-Match: %s", etag);
    headers = curl_slist_append(headers, condition);
  }
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)answer->most);
  CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(headers);

  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_FILETIME_T, &answer->modified);
  bool is_file = strncmp(url, "file:", 5) == 0;
  answer->is_unchanged = headers != NULL && status == 304;
  if (code == CURLE_FILESIZE_EXCEEDED || code == CURLE_WRITE_ERROR) {
    snprintf(answer->problem, sizeof answer->problem, "%s is larger than %zu bytes", key, answer->most);
  } else if (code != CURLE_OK) {
    /* Without the details, which have times in them: the same problem has the same words. */
    snprintf(answer->problem, sizeof answer->problem, "%s: %s", key, curl_easy_strerror(code));
  } else if (!is_file && status != 200 && !answer->is_unchanged) {
    snprintf(answer->problem, sizeof answer->problem, "%s: status %ld", key, status);
  }
  return answer->problem[0] == '\0';
}

/* --- An attempt ---------------------------------------------------------------------------------- */

enum outcome { GOOD, BAD, UNSETTLED };

static enum outcome take_sets(CURL *curl, const char *store, struct compilation *compilation,
                              char problem[512]) {
  size_t room = OBJECTS_BYTES;
  for (size_t i = 0; i < compilation->set_count; i++) {
    char key[NAME_BYTES + sizeof "sets/.txt"];
    struct answer set = {.most = room};
    snprintf(key, sizeof key, "sets/%s.txt", compilation->entries[i].name);
    bool is_there = get(curl, store, key, false, &set);
    bool is_good = is_there && compile_set(compilation, i, set.bytes, set.length);
    room -= set.length;
    free(set.bytes);
    if (!is_good) {
      snprintf(problem, 512, "%s", is_there ? compilation->problem : set.problem);
      return is_there ? UNSETTLED : BAD;
    }
  }
  return GOOD;
}

static enum outcome take_index(CURL *curl, const char *store, const struct answer *index,
                               char problem[512]) {
  static struct compilation compilation;
  enum outcome outcome = BAD;
  if (index->modified < 0) {
    snprintf(problem, 512, "index.txt has no Last-Modified");
    return BAD;
  }
  if (has_rules && index->modified < in_force.modified) {
    snprintf(problem, 512, "index.txt is older than the one in force");
    return BAD;
  }
  if (!compile_index(&compilation, index->bytes, index->length)) {
    snprintf(problem, 512, "%s", compilation.problem);
  } else if ((outcome = take_sets(curl, store, &compilation, problem)) == GOOD) {
    struct table table = {.modified = index->modified};
    if (put_in_force(&compilation, &table)) {
      bool is_same = has_rules && strcmp(table.version, in_force.version) == 0;
      in_force = table;
      has_rules = true;
      snprintf(etag, sizeof etag, "%s", index->etag);
      if (!is_same) log_rules(&table, "changed");
    } else {
      snprintf(problem, 512, "/dev/shm has no room for the rules");
      outcome = BAD;
    }
  }
  end_compilation(&compilation);
  /* What a change took is given back, as it comes seldom. */
  malloc_trim(0);
  return outcome;
}

static enum outcome attempt(CURL *curl, const char *store, char problem[512]) {
  struct answer index = {.most = INDEX_BYTES};
  enum outcome outcome = GOOD;
  if (!get(curl, store, "index.txt", true, &index)) {
    snprintf(problem, 512, "%s", index.problem);
    outcome = BAD;
  } else if (!index.is_unchanged) {
    outcome = take_index(curl, store, &index, problem);
  }
  free(index.bytes);
  return outcome;
}

/* --- Life ---------------------------------------------------------------------------------------- */

static CURL *client(void) {
  CURL *curl = curl_easy_init();
  if (curl == NULL) return NULL;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,file");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "proxy-fleet");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_SECONDS);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  return curl;
}

/* What another one, which has ended, has put in force. */
static void look_for_table(void) {
  int file = open(TABLE_FILE, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  has_rules = read(file, &in_force, sizeof in_force) == (ssize_t)sizeof in_force &&
              in_force.magic == TABLE_MAGIC;
  close(file);
}

int main(int count, char **arguments) {
  CURL *curl = client();
  if (count != 2 || curl == NULL) {
    fputs("usage: rules-fetcher <URL of the store>\n", stderr);
    return 2;
  }
  /* Requests come first: nobody waits for a change to the millisecond. */
  if (nice(10) == -1) perror("rules-fetcher: nice");
  /* Long lists have memory of their own, which can grow in place; without this, only the first ones. */
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  look_for_table();
  for (int unsettled = 0;;) {
    time_t begin = seconds_now();
    char problem[512] = "";
    enum outcome outcome = attempt(curl, arguments[1], problem);
    unsettled = outcome == UNSETTLED ? unsettled + 1 : 0;
    if (outcome == GOOD) {
      /* Whoever read that something was wrong wants to know that it no longer is. */
      bool is_late = seconds_now() - confirmed >= CONFIRM_SECONDS;
      if (last_problem[0] != '\0' || is_late) log_rules(&in_force, "confirmed");
    } else if (unsettled == 0 || unsettled >= SETTLE_ATTEMPTS) {
      reject(problem);
    }
    bool is_hurried = !has_rules || (unsettled > 0 && unsettled < SETTLE_ATTEMPTS);
    time_t next = begin + (is_hurried ? RETRY_SECONDS : INTERVAL_SECONDS), now = seconds_now();
    if (next > now) sleep((unsigned)(next - now));
  }
}
