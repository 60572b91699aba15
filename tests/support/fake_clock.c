// SPDX-License-Identifier: GPL-2.0-or-later
// A wall clock that has not been set: 2000-01-01 and a bit, until the file $CLOCK_IS_SET exists. For LD_PRELOAD.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec* now) {
    const int result = (int)syscall(SYS_clock_gettime, id, now);
    const char* file = getenv("CLOCK_IS_SET");
    if (result == 0 && id == CLOCK_REALTIME && file && access(file, F_OK) != 0)
        now->tv_sec = 946684800 + now->tv_sec % 86400;
    return result;
}
