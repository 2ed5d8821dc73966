// What: the few C library calls that Node does not offer, bound through FFI.
// Idea: every call answers like a system call: ≥ 0 is the result, < 0 is `-errno`. Nothing throws, buffers are the
//   caller's and are used in place, so that a call costs about 0.2 µs above the kernel's own work.
// Trap: a wrong call ends the process. Loaded only in agents and one-shots, never in the server; the package is
//   imported on first use, so that a machine without it still runs on /proc alone.
// Source: the man pages of section 2; struct statx(2), which has one layout on every architecture;
//   clock_getcpuclockid(3), whose ids are made in include/linux/posix-timers.h.

export interface Libc {
  open(path: string, flags: number): number;
  close(fd: number): number;
  read(fd: number, into: Uint8Array): number;
  /** Bytes of the link's text; never follows, so that a dead network mount cannot hang us. */
  readLink(path: string, into: Uint8Array): number;
  readLinkAt(directory: number, name: string, into: Uint8Array): number;
  /** linux_dirent64 records: u64 inode, s64 offset, u16 length, u8 type, name. */
  directoryEntries(directory: number, into: Uint8Array): number;
  seek(fd: number, offset: number): number;
  /** `struct statx` of 256 bytes; size is the u64 at 40, inode at 32. */
  status(path: string, into: Uint8Array): number;
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  setSocketOption(fd: number, level: number, name: number, value: Uint8Array): number;
  sendTo(fd: number, bytes: Uint8Array, address: Uint8Array): number;
  receive(fd: number, into: Uint8Array): number;
  setNamespace(fd: number, kind: number): number;
  /** `struct timespec` of the CPU time that a process and all its threads took: seconds at 0, nanoseconds at 8. */
  processClock(pid: number, into: Uint8Array): number;
  adviseMemory(start: number, length: number, advice: number): number;
}

export interface Unavailable {
  /** As a sentence fragment for people. */
  readonly unavailable: string;
}

export const openFlags = { readOnly: 0, closeOnExec: 0o2000000, directory: 0o200000 } as const;
export const currentDirectory = -100;

/** errno values that callers tell apart; the same on every Linux architecture. */
export const errno = {
  noEntry: 2,
  noProcess: 3,
  interrupted: 4,
  tryAgain: 11,
  notAllowed: 1,
  accessDenied: 13,
  addressNotAvailable: 99,
  noBuffers: 105,
  already: 114,
  inProgress: 115,
} as const;

/** A call of the C library: ≥ 0 is its result, < 0 is `-errno`. */
export type Call = (...parameters: (number | bigint | string | Uint8Array | null)[]) => number;

/** The C library, for those who bind calls of their own. */
export interface CLibrary {
  /** By a C prototype that answers `int`. */
  call(definition: string): Call;
  /** By a C prototype that answers a pointer; never `-errno`. */
  pointerCall(definition: string): (...parameters: (number | bigint)[]) => number | bigint;
  /** Where a buffer lies; it stays there for as long as it is referred to. */
  addressOf(buffer: Uint8Array): bigint;
  /** Memory that the kernel shares with us, in place. */
  memoryAt(pointer: bigint, bytes: number): ArrayBuffer;
}

let library: Promise<CLibrary | Unavailable> | undefined;
let loaded: Promise<Libc | Unavailable> | undefined;

/** Loads FFI, once per process (about 15 ms and 9 MB). */
export function openLibrary(): Promise<CLibrary | Unavailable> {
  library ??= load();
  return library;
}

/** Binds the calls, once per process. */
export function openLibc(): Promise<Libc | Unavailable> {
  loaded ??= openLibrary().then((opened) => ("unavailable" in opened ? opened : tryBindings(opened)));
  return loaded;
}

async function load(): Promise<CLibrary | Unavailable> {
  if (process.platform !== "linux") return { unavailable: `no Linux system calls on ${process.platform}` };
  try {
    const { default: koffi } = await import("koffi");
    const loaded = koffi.load(null);
    return {
      call(definition) {
        const call = loaded.func(definition) as Call;
        return (...parameters) => {
          const result = call(...parameters);
          return result < 0 ? -koffi.errno() : result;
        };
      },
      pointerCall: (definition) => loaded.func(definition) as ReturnType<CLibrary["pointerCall"]>,
      addressOf: (buffer) => koffi.address(buffer),
      memoryAt: (pointer, bytes) => koffi.view(pointer, bytes),
    };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Unavailable {
  return {
    unavailable: `FFI could not be loaded (${error instanceof Error ? error.message : String(error)})`,
  };
}

function tryBindings({ call }: CLibrary): Libc | Unavailable {
  try {
    return bindings(call);
  } catch (error) {
    return failed(error);
  }
}

/** `ssize_t` results are declared `int`: our buffers are far below 2 GiB and the low half of the register is enough. */
function bindings(bind: (definition: string) => Call): Libc {
  const openat = bind("int openat(int directory, const char *path, int flags, int mode)");
  const close = bind("int close(int fd)");
  const read = bind("int read(int fd, uint8_t *into, size_t length)");
  const readlinkat = bind("int readlinkat(int directory, const char *path, uint8_t *into, size_t length)");
  const getdents = bindEither(bind, ["getdents64", "getdents"], "(int fd, uint8_t *into, size_t length)");
  const lseek = bind("int lseek(int fd, int64_t offset, int whence)");
  const statx = bind(
    "int statx(int directory, const char *path, int flags, unsigned int mask, uint8_t *into)",
  );
  const socket = bind("int socket(int domain, int type, int protocol)");
  const bindSocket = bind("int bind(int fd, const uint8_t *address, unsigned int length)");
  const setsockopt = bind(
    "int setsockopt(int fd, int level, int name, const uint8_t *value, unsigned int length)",
  );
  const sendto = bind(
    "int sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *address, unsigned int addressLength)",
  );
  const recv = bind("int recv(int fd, uint8_t *into, size_t length, int flags)");
  const setns = bind("int setns(int fd, int kind)");
  const madvise = bind("int madvise(int64_t start, size_t length, int advice)");
  const gettime = bind("int clock_gettime(int clock, uint8_t *into)");
  return {
    open: (path, flags) => openat(currentDirectory, path, flags | openFlags.closeOnExec, 0),
    close: (fd) => close(fd),
    read: (fd, into) => read(fd, into, into.length),
    readLink: (path, into) => readlinkat(currentDirectory, path, into, into.length),
    readLinkAt: (directory, name, into) => readlinkat(directory, name, into, into.length),
    directoryEntries: (directory, into) => getdents(directory, into, into.length),
    seek: (fd, offset) => lseek(fd, offset, 0),
    status: (path, into) => statx(currentDirectory, path, statxFlags, statxMask, into),
    socket: (domain, type, protocol) => socket(domain, type, protocol),
    bind: (fd, address) => bindSocket(fd, address, address.length),
    setSocketOption: (fd, level, name, value) => setsockopt(fd, level, name, value, value.length),
    sendTo: (fd, bytes, address) => sendto(fd, bytes, bytes.length, 0, address, address.length),
    receive: (fd, into) => recv(fd, into, into.length, 0),
    setNamespace: (fd, kind) => setns(fd, kind),
    adviseMemory: (start, length, advice) => madvise(start, length, advice),
    processClock: (pid, into) => gettime((~pid << 3) | schedulerClock, into),
  };
}

/** CPUCLOCK_SCHED: counted by the scheduler in nanoseconds, not in ticks. */
const schedulerClock = 2;
/** AT_STATX_DONT_SYNC: never wait for a network file system. */
const statxFlags = 0x4000;
/** STATX_INO | STATX_SIZE */
const statxMask = 0x100 | 0x200;

/** musl names the 64-bit call `getdents`. */
function bindEither(bind: (definition: string) => Call, names: readonly string[], rest: string): Call {
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      return bind(`int ${name}${rest}`);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}
