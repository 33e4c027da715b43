/*
 * For tests and benches: stands between a program and its C library, where every write and sync of a file and every
 * look at the clock passes, whether Node's fs, SQLite or V8 asked for it. Used by LD_PRELOAD; shim.ts compiles it.
 *
 *   SHIM_FSYNC_DELAY_MS  how long each fsync and fdatasync takes longer, before the real one is called
 *   SHIM_LOG             a file that gets one line for each delayed call, so that a test can see that there were any
 *   SHIM_CONTROL         a file that says what goes wrong at this moment, see `struct faults`; it is looked at on each call
 *   SHIM_FOLDER          writes and syncs go wrong for files in this folder alone
 *   SHIM_KILL_AT         the process kills itself (SIGKILL) before its so manieth step: a call that changes that folder
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* What shim.ts writes, in the machine's own byte order. */
struct faults {
  volatile int64_t clock_offset_seconds;
  volatile int32_t sync_errno;
  volatile int32_t write_errno;
  /* Counted here: calls that were refused, and steps taken. */
  volatile int64_t refused;
  volatile int64_t steps;
};

static struct faults *faults(void) {
  static struct faults none, *known;
  if (known) return known;
  const char *path = getenv("SHIM_CONTROL");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file >= 0) close(file);
  return known = mapped == MAP_FAILED ? &none : mapped;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int in_folder(const char *path) {
  const char *folder = getenv("SHIM_FOLDER");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int of_folder(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return in_folder(path);
}

static int refuse(int code) {
  __atomic_fetch_add(&faults()->refused, 1, __ATOMIC_RELAXED);
  errno = code;
  return -1;
}

static void step(void) {
  static long at = -1;
  if (at < 0) {
    const char *given = getenv("SHIM_KILL_AT");
    at = given ? atol(given) : 0;
  }
  long taken = (long)__atomic_add_fetch(&faults()->steps, 1, __ATOMIC_RELAXED);
  if (at > 0 && taken == at) raise(SIGKILL);
}
static int step_of(int file) {
  /* Looking a file's name up costs; only who counts pays for it. */
  if (getenv("SHIM_KILL_AT") && of_folder(file)) step();
  return 0;
}

/* ---------------------------------------------------------------- syncs */

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
  if (REAL(write)(log, line, (size_t)length) < 0) { /* a full disk must not alter what the program sees */ }
  close(log);
}

static void delay(const char *name) {
  long ms = delay_ms();
  if (ms <= 0) return;
  struct timespec left = {ms / 1000, (ms % 1000) * 1000000};
  while (nanosleep(&left, &left) == -1 && errno == EINTR) {
  }
  note(name);
}

int fsync(int file) {
  step_of(file);
  delay("fsync");
  int code = faults()->sync_errno;
  return code && of_folder(file) ? refuse(code) : REAL(fsync)(file);
}
int fdatasync(int file) {
  step_of(file);
  delay("fdatasync");
  int code = faults()->sync_errno;
  return code && of_folder(file) ? refuse(code) : REAL(fdatasync)(file);
}

/* ---------------------------------------------------------------- writes */

static int write_refused(int file) {
  step_of(file);
  return faults()->write_errno && of_folder(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(write)(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(pwrite)(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(pwrite64)(file, bytes, count, at);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(writev)(file, parts, count);
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(pwritev)(file, parts, count, at);
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(pwritev64)(file, parts, count, at);
}
int ftruncate(int file, off_t length) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
  return write_refused(file) ? refuse(faults()->write_errno) : REAL(ftruncate64)(file, length);
}

int rename(const char *from, const char *to) {
  if (in_folder(to) && getenv("SHIM_KILL_AT")) step();
  return REAL(rename)(from, to);
}
int unlink(const char *path) {
  if (in_folder(path) && getenv("SHIM_KILL_AT")) step();
  return REAL(unlink)(path);
}

#define OPEN(name)                                                                       \
  int name(const char *path, int flags, ...) {                                           \
    va_list more;                                                                        \
    va_start(more, flags);                                                               \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;              \
    va_end(more);                                                                        \
    int writes = (flags & O_ACCMODE) != O_RDONLY;                                        \
    /* The control file itself is opened by way of here. */                              \
    if (writes && in_folder(path) && getenv("SHIM_KILL_AT")) step();                      \
    if (writes && in_folder(path) && faults()->write_errno) return refuse(faults()->write_errno); \
    return REAL(name)(path, flags, mode);                                                \
  }
OPEN(open)
OPEN(open64)

/* ---------------------------------------------------------------- the clock on the wall; the other ones stay right */

int clock_gettime(clockid_t clock, struct timespec *time) {
  int done = REAL(clock_gettime)(clock, time);
  if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    time->tv_sec += faults()->clock_offset_seconds;
  return done;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int done = REAL(gettimeofday)(now, zone);
  if (done == 0) now->tv_sec += faults()->clock_offset_seconds;
  return done;
}
time_t time(time_t *result) {
  time_t now = REAL(time)(NULL) + faults()->clock_offset_seconds;
  if (result) *result = now;
  return now;
}
