/// A request as a server got it.
public struct HTTPRequest: Sendable {
  /// `GET`, `PUT` ..., in capitals as they came.
  public var method: String
  /// Path and query as they came.
  public var target: String
  /// The path, percent-decoded. To take it apart use `rawPath`: a decoded `/` is no separator.
  public var path: String
  /// The query's pairs in their order, percent-decoded.
  public var query: [(String, String)]
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// The other end of the connection, such as `127.0.0.1`; empty for one that has none.
  public var remoteAddress: String

  public init(
    method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
    remoteAddress: String = ""
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
    path = PercentEncoding.decode(mark.map { target[..<$0] } ?? target[...])
    query = mark.map { PercentEncoding.query(target[target.utf8.index(after: $0)...]) } ?? []
  }

  /// The path as it came, without the query.
  public var rawPath: Substring {
    target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[..<$0] } ?? target[...]
  }

  /// The first value of that name in the query.
  public func query(_ name: String) -> String? { query.first { $0.0 == name }?.1 }
}
