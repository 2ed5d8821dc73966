/*
 * A peer for the bench that scans as RustScan 2 does with its defaults: a batch of 4,500 connections, each that ends
 * is followed by the next, 1,500 ms of waiting, one try, ports in the outer loop and addresses in the inner one; an
 * open connection is shut down and closed. Leaner than RustScan itself, which does this by futures.
 * Usage: batch-connect FIRST-ADDRESS ADDRESSES LAST-PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 4500, wait_ms = 1500, events_max = 1024 };

struct attempt {
    int fd;
    uint32_t address;
    uint16_t port;
    int64_t due_ms;
};

static struct attempt attempts[batch];
static int free_slots[batch], free_count;
static int poller;

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void end(int slot, int error) {
    struct attempt *attempt = &attempts[slot];
    if (error == 0) {
        struct in_addr address = {htonl(attempt->address)};
        printf("open %s:%d\n", inet_ntoa(address), attempt->port);
        shutdown(attempt->fd, SHUT_RDWR);
    }
    close(attempt->fd);
    attempt->fd = -1;
    free_slots[free_count++] = slot;
}

static void begin(int slot, uint32_t address, uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        perror("socket");
        exit(1);
    }
    attempts[slot] = (struct attempt){fd, address, port, now_ms() + wait_ms};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(address)}};
    int result = connect(fd, (struct sockaddr *)&to, sizeof to);
    if (result == 0 || errno != EINPROGRESS) {
        end(slot, result == 0 ? 0 : errno);
        return;
    }
    struct epoll_event event = {.events = EPOLLOUT | EPOLLONESHOT, .data.u32 = slot};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

int main(int count, char **words) {
    if (count != 4) return 2;
    uint32_t first = ntohl(inet_addr(words[1]));
    uint32_t addresses = atoi(words[2]);
    uint64_t pairs = (uint64_t)addresses * atoi(words[3]), next = 0;
    poller = epoll_create1(EPOLL_CLOEXEC);
    for (int slot = 0; slot < batch; slot++) {
        attempts[slot].fd = -1;
        free_slots[free_count++] = slot;
    }
    int64_t looked_ms = now_ms();
    while (next < pairs || free_count < batch) {
        while (next < pairs && free_count > 0) {
            begin(free_slots[--free_count], first + next % addresses, 1 + next / addresses);
            next++;
        }
        static struct epoll_event events[events_max];
        int ready = epoll_wait(poller, events, events_max, 10);
        for (int at = 0; at < ready; at++) {
            int slot = events[at].data.u32, error = 0;
            socklen_t length = sizeof error;
            getsockopt(attempts[slot].fd, SOL_SOCKET, SO_ERROR, &error, &length);
            end(slot, error);
        }
        int64_t now = now_ms();
        if (now - looked_ms < 10) continue;
        looked_ms = now;
        for (int slot = 0; slot < batch; slot++)
            if (attempts[slot].fd >= 0 && attempts[slot].due_ms <= now) end(slot, ETIMEDOUT);
    }
    return 0;
}
