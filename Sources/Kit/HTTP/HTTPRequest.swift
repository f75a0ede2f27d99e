/// A request as a server got it.
public struct HTTPRequest: Sendable {
  /// `GET`, `PUT` ...
  public var method: String
  /// Path and query as they came.
  public var target: String
  /// The path, percent-decoded.
  public var path: String
  /// The query's pairs in their order, percent-decoded.
  public var query: [(String, String)]
  public var headers: HTTPHeaders
  public var body: [UInt8]
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

  /// The first value of that name in the query.
  public func query(_ name: String) -> String? { query.first { $0.0 == name }?.1 }
}
