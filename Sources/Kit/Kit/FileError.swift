import Glibc

/// What the file system refused. The path is only in `debugDescription`.
public struct FileError: ClassifiedError {
  public var act: String
  public var path: String
  public var code: Int32

  public init(_ act: String, _ path: String, _ code: Int32) {
    self.act = act
    self.path = path
    self.code = code
  }

  public var reason: String { String(cString: strerror(code)) }
  public var description: String { "cannot \(act) a file: \(reason)" }
  public var debugDescription: String { "cannot \(act) \(path): \(reason)" }
  public var classification: Classification { .transient(retryAfter: nil) }
}
