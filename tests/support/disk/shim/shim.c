/*
 * For tests and benches: stands between a program and its C library, where every write and sync of a file and every
 * look at the clock passes, whether Node's fs, SQLite or V8 asked for it. Used by LD_PRELOAD; shim.ts compiles it.
 *
 *   SHIM_FSYNC_DELAY_MS  how long each fsync and fdatasync takes longer, before the real one is called
 *   SHIM_LOG             a file that gets one line for each delayed call, so that a test can see that there were any
 *   SHIM_CONTROL         a file that says what goes wrong at this moment, see `struct faults`; it is looked at on each call
 *   SHIM_FOLDER          writes and syncs go wrong for files in this folder alone
 *   SHIM_RECORD          a file that gets everything that changes that folder, call by call, to be played again (journal.ts)
 *   SHIM_KILL_AT         the process kills itself (SIGKILL) before its so manieth step: a call that changes that folder
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

#define MOST_PATH 4096
static const char *path_of(int file, char path[MOST_PATH]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, MOST_PATH - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return path;
}
static int of_folder(int file) {
  char path[MOST_PATH];
  return in_folder(path_of(file, path));
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

/* ---------------------------------------------------------------- the recording */

/* One call at a time is made and told, so that what is told is in the order in which it happened. */
static pthread_mutex_t recording = PTHREAD_MUTEX_INITIALIZER;

static int record_file(void) {
  static int known = -2;
  if (known == -2) {
    const char *path = getenv("SHIM_RECORD");
    known = path ? REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  return known;
}
static int records(const char *path) { return in_folder(path) && record_file() >= 0; }

/* A line: what, how many bytes follow it, where they belong, the path, and for a new name that one. */
static void told(const char *what, const char *path, const char *to, off64_t at, const void *bytes, size_t count) {
  char line[2 * MOST_PATH + 64];
  int length = snprintf(line, sizeof line, "%s\t%zu\t%lld\t%s\t%s\n", what, count, (long long)at, path, to ? to : "");
  if (REAL(write)(record_file(), line, (size_t)length) != length) abort();
  for (size_t done = 0; done < count;) {
    ssize_t more = REAL(write)(record_file(), (const char *)bytes + done, count - done);
    if (more <= 0) abort();
    done += (size_t)more;
  }
}

static off64_t next_write(int file) {
  struct stat64 found;
  if (fcntl(file, F_GETFL) & O_APPEND) return fstat64(file, &found) == 0 ? found.st_size : 0;
  return lseek64(file, 0, SEEK_CUR);
}

/* `call` is made, and told if it did something; the value of the whole is its own. */
#define RECORDED(type, path, call, tell)           \
  ({                                               \
    type done_;                                    \
    if (!records(path)) done_ = (call);            \
    else {                                         \
      pthread_mutex_lock(&recording);              \
      done_ = (call);                              \
      int code_ = errno;                           \
      if (done_ >= 0) tell;                        \
      errno = code_;                               \
      pthread_mutex_unlock(&recording);            \
    }                                              \
    done_;                                         \
  })

static ssize_t wrote(int file, const void *bytes, size_t count, off64_t at, int positioned) {
  char path[MOST_PATH];
  const char *known = record_file() >= 0 ? path_of(file, path) : NULL;
  off64_t place = positioned ? at : known && in_folder(known) ? next_write(file) : 0;
  return RECORDED(ssize_t, known,
                  positioned ? REAL(pwrite64)(file, bytes, count, at) : REAL(write)(file, bytes, count),
                  told("write", known, NULL, place, bytes, (size_t)done_));
}

/* Parts one after the other: a recording needs their bytes in one piece, and nobody is told more than was taken. */
static ssize_t wrote_parts(int file, const struct iovec *parts, int count, off64_t at, int positioned) {
  ssize_t total = 0;
  for (int i = 0; i < count; i++) {
    ssize_t done = wrote(file, parts[i].iov_base, parts[i].iov_len, at + total, positioned);
    if (done < 0) return total > 0 ? total : done;
    total += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return total;
}

static int synced(int file, int (*call)(int)) {
  char path[MOST_PATH];
  const char *known = record_file() >= 0 ? path_of(file, path) : NULL;
  return RECORDED(int, known, call(file), told("sync", known, NULL, 0, NULL, 0));
}

static int truncated(int file, off64_t length) {
  char path[MOST_PATH];
  const char *known = record_file() >= 0 ? path_of(file, path) : NULL;
  return RECORDED(int, known, REAL(ftruncate64)(file, length), told("truncate", known, NULL, length, NULL, 0));
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
  return code && of_folder(file) ? refuse(code) : synced(file, REAL(fsync));
}
int fdatasync(int file) {
  step_of(file);
  delay("fdatasync");
  int code = faults()->sync_errno;
  return code && of_folder(file) ? refuse(code) : synced(file, REAL(fdatasync));
}

/* ---------------------------------------------------------------- writes */

static int write_refused(int file) {
  step_of(file);
  return faults()->write_errno && of_folder(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
  return write_refused(file) ? refuse(faults()->write_errno) : wrote(file, bytes, count, 0, 0);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : wrote(file, bytes, count, at, 1);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  return write_refused(file) ? refuse(faults()->write_errno) : wrote(file, bytes, count, at, 1);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  return write_refused(file) ? refuse(faults()->write_errno)
                             : record_file() < 0 ? REAL(writev)(file, parts, count) : wrote_parts(file, parts, count, 0, 0);
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
  return write_refused(file) ? refuse(faults()->write_errno)
                             : record_file() < 0 ? REAL(pwritev)(file, parts, count, at) : wrote_parts(file, parts, count, at, 1);
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
  return write_refused(file) ? refuse(faults()->write_errno)
                             : record_file() < 0 ? REAL(pwritev64)(file, parts, count, at) : wrote_parts(file, parts, count, at, 1);
}
int ftruncate(int file, off_t length) {
  return write_refused(file) ? refuse(faults()->write_errno) : truncated(file, length);
}
int ftruncate64(int file, off64_t length) {
  return write_refused(file) ? refuse(faults()->write_errno) : truncated(file, length);
}

int rename(const char *from, const char *to) {
  if (in_folder(to) && getenv("SHIM_KILL_AT")) step();
  return RECORDED(int, to, REAL(rename)(from, to), told("rename", from, to, 0, NULL, 0));
}
int unlink(const char *path) {
  if (in_folder(path) && getenv("SHIM_KILL_AT")) step();
  return RECORDED(int, path, REAL(unlink)(path), told("unlink", path, NULL, 0, NULL, 0));
}
int link(const char *from, const char *to) {
  return RECORDED(int, to, REAL(link)(from, to), told("link", from, to, 0, NULL, 0));
}
int mkdir(const char *path, mode_t mode) {
  return RECORDED(int, path, REAL(mkdir)(path, mode), told("mkdir", path, NULL, 0, NULL, 0));
}
int rmdir(const char *path) {
  return RECORDED(int, path, REAL(rmdir)(path), told("rmdir", path, NULL, 0, NULL, 0));
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
    if (!writes || !records(path)) return REAL(name)(path, flags, mode);                 \
    int isNew = access(path, F_OK) != 0;                                                 \
    return RECORDED(int, path, REAL(name)(path, flags, mode),                            \
                    isNew ? told("create", path, NULL, 0, NULL, 0)                       \
                    : flags & O_TRUNC ? told("truncate", path, NULL, 0, NULL, 0) : (void)0); \
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
