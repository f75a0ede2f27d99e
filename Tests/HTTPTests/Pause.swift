import Glibc

/// Blocks its thread: for raw sockets only.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
