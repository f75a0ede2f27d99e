internal import CShims
import Glibc

/// A socket that listens. libmicrohttpd could open it too, but lets two servers share one port
/// without a word, or hides why it cannot.
enum Listener {
  static let backlog: Int32 = 4_096
  /// SHUT_RDWR.
  static let bothWays: Int32 = 2

  static func open(host: String, port: Int) throws(HTTPServerError) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let name = host == "localhost" ? "127.0.0.1" : host
    guard (0...65_535).contains(port), getaddrinfo(name, "\(port)", &hints, &found) == 0,
      let address = found
    else { throw HTTPServerError(host: host, port: port, code: 0) }
    defer { freeaddrinfo(address) }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let listener = socket(address.pointee.ai_family, kind, 0)
    guard listener >= 0 else { throw HTTPServerError(host: host, port: port, code: errno) }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(listener, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
      listen(listener, backlog) == 0
    else {
      let code = errno
      close(listener)
      throw HTTPServerError(host: host, port: port, code: code)
    }
    return listener
  }

  static func port(of listener: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let failed = withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(listener, $0, &length)
      }
    }
    guard failed == 0 else { return 0 }
    // The port is at the same place in both families.
    return withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) }
  }

  /// The numeric text of an address; empty when it has none.
  static func text(of address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "" }
    let isSix = address.pointee.sa_family == sa_family_t(AF_INET6)
    guard isSix || address.pointee.sa_family == sa_family_t(AF_INET) else { return "" }
    let length = isSix ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let failed = getnameinfo(
      address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard failed == 0 else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
