import Cryptography
import HTTP
import HTTPClient
import Kit

/// One call of the carrier's services.
struct CarrierCall {
  var endpoint: String
  var method: String
  var url: String
  var accept: String
  /// Of the same media type as the answer.
  var body: [UInt8]?
  var kind: CanadaPostErrors.Call
  var relatedID: String?
  var deadline: Duration?
  /// The answer is a document: its record keeps a note instead.
  var isDocument = false

  init(
    _ endpoint: String, _ method: String, _ url: String, accept: String, body: [UInt8]? = nil,
    kind: CanadaPostErrors.Call = .read, relatedID: String? = nil, deadline: Duration? = nil
  ) {
    self.endpoint = endpoint
    self.method = method
    self.url = url
    self.accept = accept
    self.body = body
    self.kind = kind
    self.relatedID = relatedID
    self.deadline = deadline
  }
}

/// Sends to the carrier, and only there.
struct CanadaPostWire: Sendable {
  private let http: HTTPClient
  private let deadline: Duration
  private let authorization: String
  private let origin: Origin?

  init(_ account: CanadaPostAccount, http: HTTPClient, deadline: Duration) {
    self.http = http
    self.deadline = deadline
    origin = Origin(url: account.baseURL)
    authorization = "Basic " + Base64.encode(Array("\(account.user):\(account.password)".utf8))
  }

  func send<Value: Sendable>(
    _ call: CarrierCall, _ decode: (HTTPClientResponse) throws(OutsideError) -> Value
  ) async -> Answer<Value> {
    let related = call.relatedID ?? Self.subject(of: Log.correlationID)
    // A link in the carrier's own answer must not lead the credentials elsewhere.
    guard let origin, Origin(url: call.url) == origin else {
      let why = "the address is not at the carrier's configured host"
      let error = OutsideError(
        service: CanadaPostErrors.service, message: why, classification: .needsPerson(question: why)
      )
      return .unsent(call.endpoint, call.method, call.url, error, relatedID: related)
    }
    var headers: HTTPHeaders = [
      "Authorization": authorization, "Accept": call.accept, "Accept-language": "en-CA",
    ]
    if call.body != nil { headers.append("Content-Type", call.accept) }
    var (record, result) = await http.recorded(
      HTTPClientRequest(
        method: call.method, url: call.url, headers: headers, body: call.body,
        deadline: call.deadline ?? deadline),
      service: CanadaPostErrors.service, endpoint: call.endpoint, relatedID: related)
    do throws(OutsideError) {
      switch result {
      case .failure(let error): throw CanadaPostErrors.error(error, call.kind)
      case .success(let response):
        let isFine = (200..<300).contains(response.status)
        if call.isDocument, isFine, !response.body.isEmpty {
          record = record.with(responseBody: Self.note(response))
        } else {
          let clean = Self.withoutUser(record.responseBody)
          if clean != record.responseBody { record = record.with(responseBody: clean) }
        }
        guard isFine else { throw CanadaPostErrors.error(response, call.kind) }
        return Answer(call: record, result: .success(try decode(response)))
      }
    } catch {
      return Answer(call: record.failed(error.message), result: .failure(error))
    }
  }

  /// The subject of the work at hand, whose correlation id reads `kind/subject/try`.
  private static func subject(of correlationID: String?) -> String? {
    guard let id = correlationID, let first = id.firstIndex(of: "/"),
      let last = id.lastIndex(of: "/"), first < last
    else { return nil }
    return String(id[id.index(after: first)..<last])
  }

  private static func note(_ response: HTTPClientResponse) -> [UInt8] {
    let hash = SHA256.hex(SHA256.hash(response.body))
    let type = response.headers["Content-Type"] ?? "no type"
    return Array("(\(type), \(response.body.count) bytes, sha256 \(hash))".utf8)
  }

  /// Label addresses hold the user half of the key behind `/artifact/`.
  package static func withoutUser(_ body: [UInt8]) -> [UInt8] {
    let sign = Array("/artifact/".utf8)
    guard var found = Bytes.index(of: sign, in: body, from: 0) else { return body }
    var out: [UInt8] = []
    out.reserveCapacity(body.count)
    var copied = 0
    while true {
      out += body[copied..<(found + sign.count)]
      out += Redaction.mark.utf8
      copied = found + sign.count
      while copied < body.count, !Self.ends(body[copied]) { copied += 1 }
      guard let next = Bytes.index(of: sign, in: body, from: copied) else { break }
      found = next
    }
    out += body[copied...]
    return out
  }

  /// The end of a path's segment, in an address or in the text around it.
  private static func ends(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: "?"):
      true
    default: false
    }
  }
}
