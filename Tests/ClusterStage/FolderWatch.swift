import Glibc
package import Kit

/// A shell at the other end of a pipe. When the pipe ends, which the system sees to if its owner was
/// killed, whoever works in the folders that were named is ended, and the folders are removed.
package struct FolderWatch: Sendable {
  private let input: Int32
  private let shell: ChildProcess

  /// - Throws: `FileError` when the shell cannot be started.
  package init() throws(FileError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FileError("make", "a pipe", errno) }
    defer { close(ends[0]) }
    // No other child may hold our end open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    do {
      // In a session of its own: what ends our process group does not end it.
      shell = try ChildProcess.start(
        ["/bin/sh", "-c", Self.script],
        .init(
          folder: "/", input: .descriptor(ends[0]), output: .null, error: .null,
          group: .ownSession))
    } catch {
      close(ends[1])
      throw error
    }
    input = ends[1]
  }

  package func note(_ folder: String) throws(FileError) {
    let line = Array("\(folder)\n".utf8)
    // Shorter than PIPE_BUF: whole or not at all.
    guard write(input, line, line.count) == line.count else {
      throw FileError("watch", folder, errno)
    }
  }

  /// Ends the pipe, and waits for what comes of it.
  /// - Returns: whether that came to its end.
  @discardableResult
  package func end() -> Bool {
    close(input)
    for _ in 0..<6_000 where shell.status == nil { usleep(10_000) }
    return shell.status?.isSuccess == true
  }

  /// Reads folders until the pipe ends. Whoever works in one of them, or has its output there, is asked
  /// to end (SIGQUIT: a PostgreSQL shuts down at once), later made to; then the folder goes.
  private static let script = """
    trap '' HUP INT TERM QUIT
    all=''
    while IFS= read -r folder; do
      all="$all$folder
    "
    done
    members() {
      for process in /proc/[0-9]*; do
        for place in cwd fd/1; do
          case "$(readlink "$process/$place" 2>/dev/null)" in
            "$1"/*) echo "${process#/proc/}"; break;;
          esac
        done
      done
    }
    printf '%s' "$all" | while IFS= read -r folder; do
      [ -n "$folder" ] && [ -d "$folder" ] || continue
      turn=0
      while left=$(members "$folder") && [ -n "$left" ] && [ $turn -lt 100 ]; do
        signal=QUIT
        [ $turn -lt 50 ] || signal=KILL
        [ $((turn % 10)) -ne 0 ] && [ $turn -lt 50 ] || kill -s $signal $left 2>/dev/null
        turn=$((turn + 1))
        sleep 0.1
      done
      rm -rf -- "$folder"
    done
    """
}
