/* A mail server that takes everything and keeps nothing: the floor under every measurement of a mail client.
 *
 * ESMTP with PIPELINING on 127.0.0.1, one thread, epoll. It answers all commands of one read with one write, looks
 * for the end of a message with memmem, and prints how many messages and bytes it took when it is told to end.
 *
 *   cc -O2 -o fast_sink fast_sink.c ; ./fast_sink PORT
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (1 << 19)
#define REPLIES (1 << 16)
#define LONGEST_REPLY 128
#define EVENTS 64

struct connection {
    int socket;
    int in_message;     /* after DATA, before the final dot */
    size_t filled;
    char buffer[BUFFER];
};

static volatile long messages, bytes;
static char replies[REPLIES];

static void report(int signal_number) {
    (void)signal_number;
    printf("msgs=%ld bytes=%ld\n", messages, bytes);
    fflush(stdout);
    _exit(0);
}

static void say(int socket, const char *text, size_t length) {
    if (length && write(socket, text, length) < 0) { /* the client is gone; the next read says so */ }
}

static const char *answer(struct connection *c, const char *command, int *quit) {
    switch (command[0] | 0x20) {
    case 'e': return "250-fast\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n";
    case 'd': c->in_message = 1; return "354 go\r\n";
    case 'q': *quit = 1; return "221 bye\r\n";
    default:  return "250 2.1.0 Ok\r\n";
    }
}

/* Answers what is whole in the buffer; gives the number of bytes that are done with. Two bytes before a message stay
 * in sight, because the CRLF of "DATA" may be the one before the final dot. */
static size_t consume(struct connection *c, int *quit) {
    size_t at = 0, said = 0;
    while (at < c->filled) {
        const char *start = c->buffer + at, *text;
        if (said > REPLIES - LONGEST_REPLY) {
            say(c->socket, replies, said);
            said = 0;
        }
        if (c->in_message) {
            const char *end = memmem(start, c->filled - at, "\r\n.\r\n", 5);
            if (!end) {
                size_t left = c->filled - at;
                at = c->filled - (left < 4 ? left : 4);
                break;
            }
            at = end + 5 - c->buffer;
            c->in_message = 0;
            messages++;
            text = "250 2.0.0 Ok\r\n";
        } else {
            const char *end = memchr(start, '\n', c->filled - at);
            if (!end) break;
            text = answer(c, start, quit);
            at = end + 1 - c->buffer - (c->in_message ? 2 : 0);
        }
        said += sprintf(replies + said, "%s", text);
    }
    say(c->socket, replies, said);
    return at;
}

/* 0 when the connection is over. */
static int receive(struct connection *c) {
    int quit = 0;
    ssize_t got = read(c->socket, c->buffer + c->filled, BUFFER - c->filled);
    if (got <= 0) return 0;
    bytes += got;
    c->filled += got;
    size_t done = consume(c, &quit);
    memmove(c->buffer, c->buffer + done, c->filled - done);
    c->filled -= done;
    return !quit;
}

static void welcome(int poll, int listener) {
    int one = 1, socket = accept(listener, NULL, NULL);
    if (socket < 0) return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = malloc(sizeof *c);
    c->socket = socket;
    c->in_message = 0;
    c->filled = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    say(socket, "220 fast ESMTP\r\n", 16);
}

static int listen_on(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("fast_sink");
        exit(1);
    }
    return listener;
}

int main(int count, char **arguments) {
    signal(SIGTERM, report);
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 2525), poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[EVENTS];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int waiting = epoll_wait(poll, ready, EVENTS, -1);
        for (int i = 0; i < waiting; i++) {
            struct connection *c = ready[i].data.ptr;
            if (!c) {
                welcome(poll, listener);
            } else if (!receive(c)) {
                close(c->socket);
                free(c);
            }
        }
    }
}
