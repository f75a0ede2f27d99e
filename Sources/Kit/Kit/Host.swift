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
      return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1_024 }
    }
    return nil
  }
}

extension Host {
  /// Ends this process as a power cut would: only fault tests ask for it.
  public static func cutPower() { kill(getpid(), SIGKILL) }
}
