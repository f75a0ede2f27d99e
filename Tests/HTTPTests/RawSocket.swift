import Glibc
import Kit

/// A connection without manners, for what no client and no server would send. Every call blocks, so
/// it belongs on `RawSocket.threads`, never on the cooperative pool.
struct RawSocket: Sendable {
  struct Failure: Error {}

  static let threads = BlockingThreads(count: 24)

  let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  static func connect(port: Int) throws -> RawSocket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: port)
    let failed = withAddress(&address) { Glibc.connect(descriptor, $0, $1) }
    guard failed == 0 else {
      Glibc.close(descriptor)
      throw Failure()
    }
    return RawSocket(descriptor)
  }

  /// A socket bound to a free port of the loopback; listening when `backlog` is given.
  static func listener(backlog: Int32?) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: 0)
    guard withAddress(&address, { bind(descriptor, $0, $1) }) == 0 else { throw Failure() }
    if let backlog, listen(descriptor, backlog) != 0 { throw Failure() }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withAddress(&address) { pointer, _ in getsockname(descriptor, pointer, &length) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }

  private static func withAddress(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  @discardableResult
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        Glibc.send(
          descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// What comes next; empty when the other side is done, or silent for a minute.
  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
  }

  /// Everything up to `end`, or up to the other side's end.
  func receive(until end: String) -> String {
    var text = ""
    while !text.contains(end) {
      let piece = receive()
      if piece.isEmpty { break }
      text += piece
    }
    return text
  }

  func receiveAll() -> String {
    var text = ""
    while true {
      let piece = receive()
      if piece.isEmpty { return text }
      text += piece
    }
  }

  /// Whether the other side has closed, and not only been silent.
  var isAtEnd: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }

  /// A whole request with its announced body; `nil` when none comes.
  func receiveRequest() -> String? {
    var text = receive(until: "\r\n\r\n")
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    var length = 0
    for line in text[..<end.lowerBound].split(separator: "\r\n") {
      if line.lowercased().hasPrefix("content-length:") {
        length = Int(line.dropFirst(15).filter(\.isNumber)) ?? 0
      }
    }
    while text[end.upperBound...].utf8.count < length {
      let piece = receive()
      if piece.isEmpty { return nil }
      text += piece
    }
    return text
  }

  func close() { Glibc.close(descriptor) }

  /// Sends the text as it is and reads until the other side closes.
  static func exchange(port: Int, _ text: String) async throws -> String {
    try await with(port: port) { socket in
      socket.send(text)
      return socket.receiveAll()
    }
  }

  static func with<Value: Sendable>(
    port: Int, _ body: @escaping @Sendable (RawSocket) -> Value
  ) async throws -> Value {
    let result = await threads.run { () -> Result<Value, any Error> in
      Result {
        let socket = try connect(port: port)
        defer { socket.close() }
        return body(socket)
      }
    }
    return try result.get()
  }
}
