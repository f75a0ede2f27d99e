import Glibc

public enum Host {
  /// The machine's own name.
  public static let name: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, 255) == 0 else { return "host" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// Variables of this process's environment.
  public static var environment: [String: String] {
    var all: [String: String] = [:]
    var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let line = entry.pointee {
      let text = String(cString: line)
      if let equals = text.firstIndex(of: "=") {
        all[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return all
  }

  public static var isRoot: Bool { geteuid() == 0 }

  /// Resident memory of a process, in bytes.
  public static func residentBytes(of pid: Int32? = nil) -> Int? {
    let pid = pid ?? getpid()
    let text = String(decoding: Folder.bytes(of: "/proc/\(pid)/status"), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map {
        $0 * 1_024
      }
    }
    return nil
  }
}

extension Host {
  /// Ends this process as a power cut would: only fault tests ask for it.
  public static func cutPower() { kill(getpid(), SIGKILL) }

  /// Sends a signal to a process that is not a child of this one.
  /// - Returns: whether it was there and could be reached.
  public static func signal(_ signal: Int32, to pid: Int32) -> Bool { kill(pid, signal) == 0 }
}

/// What the person at the terminal sees.
public enum Terminal {
  /// Standard output is a terminal.
  public static let isOne = isatty(1) == 1

  public static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Columns; 100 where nobody says.
  public static var width: Int {
    var size = winsize()
    return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
  }
}

/// Ends the process with a status, without running what else is left.
public func exitNow(_ status: Int32) -> Never {
  exit(status)
}

extension Host {
  /// The file of the running program.
  public static var program: String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, 4_095)
    guard count > 0 else { return CommandLine.arguments[0] }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// User and system time of a process (`nil`: this one), its ended children not included.
  public static func cpuTime(of pid: Int32?) -> Duration {
    let text = String(
      decoding: Folder.bytes(of: pid.map { "/proc/\($0)/stat" } ?? "/proc/self/stat"), as: UTF8.self
    )
    // The name in brackets may hold blanks; what follows it does not.
    guard let bracket = text.lastIndex(of: ")") else { return .zero }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 14, let user = Int(fields[11]), let system = Int(fields[12]) else {
      return .zero
    }
    return .milliseconds((user + system) * 10)
  }

  /// Memory of a process and all its present children, in bytes; what they share counts once.
  public static func memoryOfFamily(_ pid: Int32) -> Int {
    ([pid] + children(of: pid)).reduce(0) { sum, pid in
      let text = String(decoding: Folder.bytes(of: "/proc/\(pid)/smaps_rollup"), as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
      let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
      return sum + (kilobytes ?? 0) * 1_024
    }
  }

  private static func children(of pid: Int32) -> [Int32] {
    Folder.names(in: "/proc/\(pid)/task").flatMap { task in
      String(decoding: Folder.bytes(of: "/proc/\(pid)/task/\(task)/children"), as: UTF8.self)
        .split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// User and system time of a process and all its present children, ended ones included.
  public static func cpuTimeOfFamily(_ pid: Int32) -> Duration {
    var total = cpuTime(of: pid) + cpuTimeOfEnded(of: pid)
    for child in children(of: pid) { total += cpuTime(of: child) }
    return total
  }

  private static func cpuTimeOfEnded(of pid: Int32) -> Duration {
    let text = String(decoding: Folder.bytes(of: "/proc/\(pid)/stat"), as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return .zero }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 14, let user = Int(fields[13]), let system = Int(fields[14]) else {
      return .zero
    }
    return .milliseconds((user + system) * 10)
  }
}
