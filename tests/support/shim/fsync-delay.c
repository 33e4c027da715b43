/*
 * For tests and benches: stands between a program and its C library, where every sync of a file passes, whether Node's
 * fs or SQLite asked for it. Used by LD_PRELOAD; shim.ts compiles it.
 *
 *   SHIM_FSYNC_DELAY_MS  how long each fsync and fdatasync takes longer, before the real one is called
 *   SHIM_LOG             a file that gets one line for each delayed call, so that a test can see that there were any
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static long delay_ms(void) {
  static long known = -1;
  if (known < 0) {
    const char *given = getenv("SHIM_FSYNC_DELAY_MS");
    known = given ? atol(given) : 0;
  }
  return known;
}

static void note(const char *name) {
  const char *path = getenv("SHIM_LOG");
  if (!path) return;
  int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return;
  char line[64];
  int length = snprintf(line, sizeof line, "%s %ld\n", name, delay_ms());
  if (write(log, line, (size_t)length) < 0) { /* a full disk must not alter what the program sees */ }
  close(log);
}

static int delayed(const char *name, int file) {
  sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
  if (!real) {
    errno = ENOSYS;
    return -1;
  }
  long ms = delay_ms();
  if (ms > 0) {
    struct timespec left = {ms / 1000, (ms % 1000) * 1000000};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
    note(name);
  }
  return real(file);
}

int fsync(int file) { return delayed("fsync", file); }
int fdatasync(int file) { return delayed("fdatasync", file); }
