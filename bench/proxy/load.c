/*
 * Sends requests through a proxy for a while and prints how many were answered. Closed loop: each of
 * the connections waits for its answer before it sends the next request. The first answer that is
 * not a 200 with a body of the length expected ends the program with status 1.
 *
 * load <seconds> <connections> <host> <mode> <path> <length>
 *   get     requests with absolute URIs, many over each connection
 *   once    the same with a connection for each
 *   tunnel  a tunnel for each request
 *   kept    many requests in each tunnel
 *   tls     a tunnel for each request, with TLS in it
 * The proxy and the web server are one host, as they share a network namespace. %u in the path is a number
 * that no other request has.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 4096, BUFFER = 131072 };

struct connection {
  int fd;
  SSL *tls; /* in a tunnel */
  /* A tunnel is asked for, then secured if it is for TLS; other requests only ask. */
  enum { CONNECTING, SECURING, ASKING } phase;
  char head[HEAD + 1];
  size_t head_length;
  int head_complete, closes;
  long missing; /* bytes of the body */
};

static enum { GET, ONCE, TUNNEL, KEPT, TLS } mode;
static const char *host, *path;
static long length;
static struct sockaddr_storage proxy;
static socklen_t proxy_length;
static int poller;
static long answered;
static unsigned long number;

static SSL_CTX *tls;

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "load: %s: %s (after %ld answers)\n", what, detail, answered);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void send_bytes(struct connection *c, const char *bytes, ssize_t size) {
  /* Never more than a fresh socket's buffer holds. */
  ssize_t sent = c->tls ? SSL_write(c->tls, bytes, (int)size) : send(c->fd, bytes, size, MSG_NOSIGNAL);
  if (sent != size) fail("send", strerror(errno));
  c->head_length = 0;
  c->head_complete = 0;
}

static void ask(struct connection *c) {
  char own_path[256], text[512];
  c->phase = ASKING;
  const char *mark = strstr(path, "%u");
  if (mark)
    snprintf(own_path, sizeof own_path, "%.*s%lu%s", (int)(mark - path), path, number++, mark + 2);
  else
    snprintf(own_path, sizeof own_path, "%s", path);
  const char *scheme = mode <= ONCE ? "http://" : "";
  snprintf(text, sizeof text, "GET %s%s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\n\r\n", scheme,
           mode <= ONCE ? host : "", own_path, host);
  send_bytes(c, text, (ssize_t)strlen(text));
}

static void start(struct connection *c) {
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (mode <= ONCE)
    ask(c);
  else {
    c->phase = CONNECTING;
    const char *port = mode == TLS ? "8443" : "443";
    char request[512];
    snprintf(request, sizeof request, "CONNECT %s:%s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", host, port, host, port);
    send_bytes(c, request, (ssize_t)strlen(request));
  }
}

static void open_connection(struct connection *c) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  c->fd = socket(proxy.ss_family, SOCK_STREAM, 0);
  /* Within one machine a connection is there at once, so waiting for it costs nothing. */
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&proxy, proxy_length))
    fail("connect", strerror(errno));
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
  start(c);
}

static void close_connection(struct connection *c) {
  SSL_free(c->tls);
  c->tls = NULL;
  close(c->fd);
}

/* Goes on as far as the origin's messages allow; returns whether the tunnel is secure. */
static int secure(struct connection *c) {
  if (!c->tls) {
    c->phase = SECURING;
    c->tls = SSL_new(tls);
    SSL_set_tlsext_host_name(c->tls, host);
    SSL_set_fd(c->tls, c->fd);
  }
  int result = SSL_connect(c->tls);
  if (result == 1) return 1;
  if (SSL_get_error(c->tls, result) != SSL_ERROR_WANT_READ) fail("TLS", "no handshake");
  return 0;
}

/* As recv() does it, also from TLS. */
static ssize_t take_bytes(struct connection *c, char *data, size_t size) {
  if (!c->tls) return recv(c->fd, data, size, 0);
  int taken = SSL_read(c->tls, data, (int)size);
  if (taken > 0) return taken;
  int error = SSL_get_error(c->tls, taken);
  errno = error == SSL_ERROR_WANT_READ ? EAGAIN : EIO;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

/* Reads the head, and leaves in `data` what follows it. */
static size_t take_head(struct connection *c, char *data, size_t size) {
  size_t room = HEAD - c->head_length, taken = size < room ? size : room;
  memcpy(c->head + c->head_length, data, taken);
  c->head[c->head_length + taken] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) {
    if (taken == room) fail("head too long", c->head);
    c->head_length += taken;
    return 0;
  }
  size_t used = end + 4 - c->head - c->head_length;
  end[2] = 0;
  c->head_complete = 1;
  if (strncmp(c->head, "HTTP/1.", 7) || strncmp(c->head + 8, " 200", 4)) fail("status", c->head);
  if (c->phase == ASKING) {
    char *field = strcasestr(c->head, "\r\nContent-Length:");
    if (!field || (c->missing = strtol(field + 17, NULL, 10)) != length)
      fail("Content-Length", c->head);
    c->closes = c->head[7] == '0' || strcasestr(c->head, "\r\nConnection: close");
  } else
    c->missing = 0;
  memmove(data, data + used, size - used);
  return size - used;
}

/* Returns whether the connection is done with its answer. */
static int receive(struct connection *c) {
  static char data[BUFFER];
  ssize_t size = take_bytes(c, data, sizeof data);
  if (size < 0) {
    if (errno == EAGAIN) return 0;
    fail("receive", strerror(errno));
  }
  if (size == 0) fail("closed early", c->head);
  if (!c->head_complete) {
    size = (ssize_t)take_head(c, data, size);
    if (!c->head_complete) return 0;
  }
  if ((c->missing -= size) < 0) fail("more than asked for", c->head);
  return c->missing == 0;
}

int main(int count, char **arguments) {
  if (count != 7) fail("usage", "load <seconds> <connections> <host> <mode> <path> <length>");
  double seconds = atof(arguments[1]);
  long open = atol(arguments[2]);
  struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  host = arguments[3];
  if (getaddrinfo(host, "3128", &hints, &found)) fail("no such host", host);
  memcpy(&proxy, found->ai_addr, proxy_length = found->ai_addrlen);
  const char *const modes[] = {"get", "once", "tunnel", "kept", "tls"};
  while (strcmp(arguments[4], modes[mode]))
    if (++mode > TLS) fail("no such mode", arguments[4]);
  path = arguments[5];
  length = atol(arguments[6]);

  /* Microseconds pass faster than requests, so a later run begins above an earlier one. */
  struct timespec clock;
  clock_gettime(CLOCK_REALTIME, &clock);
  number = clock.tv_sec * 1000000ul + clock.tv_nsec / 1000;

  tls = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL); /* The proxies do not see certificates. */
  poller = epoll_create1(0);
  struct connection *connections = calloc(open, sizeof *connections);
  double end = now() + seconds, give_up = end + 5;
  for (long i = 0; i < open; i++) open_connection(&connections[i]);
  while (open > 0) {
    struct epoll_event events[256];
    int ready = epoll_wait(poller, events, 256, 1000);
    double time = now();
    if (time > give_up) fail("no answer", "for 5 seconds");
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (c->phase != SECURING && !receive(c)) continue;
      if (mode == TLS && c->phase != ASKING && !secure(c)) continue;
      if (c->phase != ASKING) {
        ask(c);
        continue;
      }
      answered++;
      int over = time > end;
      if (over || mode == ONCE || mode == TUNNEL || mode == TLS || c->closes) {
        close_connection(c);
        if (over)
          open--;
        else
          open_connection(c);
      } else
        ask(c);
    }
  }
  printf("%ld\n", answered);
  return 0;
}
