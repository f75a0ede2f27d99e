import Glibc

/// A server could not start.
public struct HTTPServerError: Error, CustomStringConvertible {
  public var host: String
  public var port: Int
  /// The system's error number; 0 when the host is no numeric address.
  public var code: Int32

  public var description: String {
    let reason = code == 0 ? "not an address of a machine" : String(cString: strerror(code))
    return "cannot listen on \(host):\(port): \(reason)"
  }
}
