/*
 * Sends requests through a proxy for a while and prints, in a line of JSON, how many were answered
 * and how long they took. The first answer that is not as expected ends it with status 1.
 *
 * load <seconds> <connections> <rate> <proxy> <origin> <mode>
 *   http      requests for 1 KB, many over each connection
 *   tunnel    a tunnel for each request of 1 KB
 *   download  a tunnel for each request of 1 MB
 *
 * With a rate of 0 each connection asks again as soon as it has its answer. Otherwise that many
 * requests per second become due at random times, as they do from many clients that know nothing of
 * each other; one that finds no connection free waits for one, and its time runs from when it was due.
 *
 * Tunnels carry no TLS: the proxy has no part in it, and its cost at both ends would leave the proxies
 * too little of the machine. Instead they have its course: before the request, a message of 512 bytes
 * and an answer of 4 KB, as client and server greet each other in TLS 1.3.
 *
 * The origin ends a tunnel, so that the connections that linger on do so where they occupy no port.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 4096, BUFFER = 262144, GREETING = 512, PATIENCE_SECONDS = 10 };

struct connection {
  int fd; /* -1 while closed */
  enum { CONNECTING, GREETING_TLS, ASKING } phase;
  double due;
  char head[HEAD + 1];
  size_t head_length;
  int head_complete;
  long missing; /* bytes of the body */
  struct connection *next; /* among those that have nothing to do */
};

static const struct mode {
  const char *name, *path;
  int tunnel;
} modes[] = {{"http", "/1k", 0}, {"tunnel", "/1k", 1}, {"download", "/1m", 1}};

static const struct mode *mode;
static const char *origin;
static struct sockaddr_storage proxy;
static socklen_t proxy_length;
static int poller;
static struct connection *first_idle, **last_idle = &first_idle;
static double *latencies;
static size_t answered, room;
static long long received;

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "load: %s: %s (after %zu answers)\n", what, detail, answered);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void send_text(struct connection *c, const char *text) {
  /* Never more than a fresh socket's buffer holds. */
  ssize_t size = (ssize_t)strlen(text);
  if (send(c->fd, text, size, MSG_NOSIGNAL) != size) fail("send", strerror(errno));
  c->head_length = 0;
  c->head_complete = 0;
}

static void get(struct connection *c, const char *path, const char *fields) {
  char text[1024];
  snprintf(text, sizeof text, "GET %s%s%s HTTP/1.1\r\nHost: %s\r\n%s\r\n", mode->tunnel ? "" : "http://",
           mode->tunnel ? "" : origin, path, origin, fields);
  send_text(c, text);
}

static void greet(struct connection *c) {
  char field[GREETING];
  snprintf(field, sizeof field, "X-Greeting: %0*d\r\n", GREETING - 80, 0);
  c->phase = GREETING_TLS;
  get(c, "/4k", field);
}

static void ask(struct connection *c) {
  c->phase = ASKING;
  get(c, mode->path, mode->tunnel ? "Connection: close\r\n" : "");
}

/* Begins a request on a connection that has nothing to do. */
static void begin(struct connection *c) {
  if (c->fd < 0) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    int one = 1;
    c->fd = socket(proxy.ss_family, SOCK_STREAM, 0);
    /* Within one machine a connection is there at once, so waiting for it costs nothing. */
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&proxy, proxy_length))
      fail("connect", strerror(errno));
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
  }
  if (!mode->tunnel) {
    ask(c);
    return;
  }
  char text[256];
  snprintf(text, sizeof text, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", origin, origin);
  c->phase = CONNECTING;
  send_text(c, text);
}

static void rest(struct connection *c) {
  c->next = NULL;
  *last_idle = c;
  last_idle = &c->next;
}

static struct connection *wake(void) {
  struct connection *c = first_idle;
  if (!(first_idle = c->next)) last_idle = &first_idle;
  return c;
}

/* Reads the head, and leaves in `data` what follows it. */
static size_t take_head(struct connection *c, char *data, size_t size) {
  size_t space = HEAD - c->head_length, taken = size < space ? size : space;
  memcpy(c->head + c->head_length, data, taken);
  c->head[c->head_length + taken] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) {
    if (taken == space) fail("head too long", c->head);
    c->head_length += taken;
    return 0;
  }
  size_t used = (size_t)(end + 4 - c->head) - c->head_length;
  c->head_complete = 1;
  c->missing = 0;
  if (strncmp(c->head, "HTTP/1.", 7) || strncmp(c->head + 8, " 200", 4)) fail("status", c->head);
  if (c->phase != CONNECTING) {
    char *field = strcasestr(c->head, "\r\nContent-Length:");
    if (!field) fail("no Content-Length", c->head);
    c->missing = strtol(field + 17, NULL, 10);
  }
  return size - used;
}

static void note(double latency) {
  if (answered == room) {
    room = room ? 2 * room : 65536;
    if (!(latencies = realloc(latencies, room * sizeof *latencies))) fail("memory", strerror(errno));
  }
  latencies[answered++] = latency;
}

/* Takes what has arrived. Returns whether the request is over and done with. */
static int receive(struct connection *c) {
  static char data[BUFFER];
  ssize_t size = recv(c->fd, data, sizeof data, 0);
  if (size < 0) {
    if (errno == EAGAIN) return 0;
    fail("receive", strerror(errno));
  }
  if (size == 0) {
    if (!mode->tunnel || c->phase != ASKING || !c->head_complete || c->missing > 0)
      fail("closed early", c->head);
    close(c->fd);
    c->fd = -1;
    return 1;
  }
  received += size;
  size_t body = (size_t)size;
  if (!c->head_complete) {
    body = take_head(c, data, body);
    if (!c->head_complete) return 0;
  }
  if ((c->missing -= (long)body) < 0) fail("more than asked for", c->head);
  if (c->missing > 0) return 0;
  if (c->phase == CONNECTING)
    greet(c);
  else if (c->phase == GREETING_TLS)
    ask(c);
  else {
    note(now() - c->due);
    return !mode->tunnel;
  }
  return 0;
}

static int ascending(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

static double percentile(double share) {
  return answered ? latencies[(size_t)(share * (double)(answered - 1))] * 1000 : 0;
}

int main(int count, char **arguments) {
  if (count != 7)
    fail("usage", "load <seconds> <connections> <rate> <proxy> <origin> <mode>");
  double seconds = atof(arguments[1]), rate = atof(arguments[3]);
  long connections = atol(arguments[2]);
  struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  if (getaddrinfo(arguments[4], "3128", &hints, &found)) fail("no such proxy", arguments[4]);
  memcpy(&proxy, found->ai_addr, proxy_length = found->ai_addrlen);
  origin = arguments[5];
  for (mode = modes; strcmp(mode->name, arguments[6]); mode++)
    if (mode == modes + sizeof modes / sizeof *modes - 1) fail("no such mode", arguments[6]);

  poller = epoll_create1(0);
  struct connection *all = calloc((size_t)connections, sizeof *all);
  for (long i = 0; i < connections; i++) {
    all[i].fd = -1;
    rest(&all[i]);
  }
  double start = now(), end = start + seconds, due = start, time = start, ended = start;
  size_t in_time = 0, in_flight = 0;
  long long bytes_in_time = 0;
  for (;;) {
    time = now();
    if (time < end) {
      in_time = answered;
      bytes_in_time = received;
      ended = time;
    }
    /* Until the end, and then whatever was due before it. */
    while (first_idle && (rate > 0 ? due <= time && due < end : time < end)) {
      struct connection *c = wake();
      c->due = rate > 0 ? due : time;
      if (rate > 0) due -= log(1 - drand48()) / rate;
      in_flight++;
      begin(c);
    }
    if (in_flight == 0 && (rate > 0 ? due : time) >= end) break;
    if (time > end + PATIENCE_SECONDS) fail("no answer", "long after the end");
    double wait = rate > 0 && first_idle && due < end ? due - time : 0.1;
    if (wait < 0) wait = 0;
    struct timespec timeout = {(time_t)wait, (long)(fmod(wait, 1) * 1e9)};
    struct epoll_event events[256];
    int ready = epoll_pwait2(poller, events, 256, &timeout, NULL);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!receive(c)) continue;
      in_flight--;
      rest(c);
    }
  }
  qsort(latencies, answered, sizeof *latencies, ascending);
  printf("{\"perSecond\":%.1f,\"megabytesPerSecond\":%.2f,\"p50Ms\":%.2f,\"p99Ms\":%.2f}\n",
         (double)in_time / (ended - start), (double)bytes_in_time / (ended - start) / 1e6, percentile(0.5),
         percentile(0.99));
  return 0;
}
