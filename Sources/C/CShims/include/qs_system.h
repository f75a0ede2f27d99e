#pragma once
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline int qs_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline void qs_eventfd_ring(int fd) {
  uint64_t one = 1;
  ssize_t written = write(fd, &one, sizeof one);
  (void)written;
}
static inline void qs_eventfd_clear(int fd) {
  uint64_t count;
  ssize_t got = read(fd, &count, sizeof count);
  (void)got;
}

static inline ssize_t qs_getrandom(void *buffer, size_t count) { return getrandom(buffer, count, 0); }

// The C library declares these only to programs that ask for GNU's own functions.
int pipe2(int ends[2], int flags);
void *memmem(const void *all, size_t all_count, const void *wanted, size_t wanted_count);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

// Whether `\u`, or a digit and then an `e`, is somewhere in the bytes. In C, where the compiler takes many
// bytes in one step; there is no way out of the loop for the same reason.
_Bool qs_has_odd_json(const unsigned char *bytes, size_t count);

static inline const void *qs_find(
    const void *all, size_t all_count, const void *wanted, size_t wanted_count) {
  return memmem(all, all_count, wanted, wanted_count);
}
static inline int64_t qs_microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
/* Marks a folder so that its subfolders are spread over the disk, as ext4 does with those at its top. */
static inline void qs_spread_subfolders(int folder) {
  int flags = 0;
  if (ioctl(folder, FS_IOC_GETFLAGS, &flags) != 0) return;
  flags |= FS_TOPDIR_FL;
  ioctl(folder, FS_IOC_SETFLAGS, &flags);
}
static inline int qs_pipe(int *ends) { return pipe2(ends, 02000000 /* O_CLOEXEC */); }
static inline int qs_spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
}
static inline int qs_spawn_folder(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}
static inline short qs_spawn_setsid(void) { return 0x80; }

// Processes. A pidfd becomes readable when its process ends; it never means another process.
static inline int qs_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int qs_status_exited(int status) { return WIFEXITED(status); }
static inline int qs_status_code(int status) { return WEXITSTATUS(status); }
static inline int qs_status_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

static inline void qs_ignore_signal(int number) { signal(number, SIG_IGN); }
static inline void qs_block_signal_in_thread(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

// A detached thread with a small stack that no signal handler runs on.
static inline int qs_start_thread(void *(*body)(void *), void *context) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&thread, &attributes, body, context);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return failed;
}
